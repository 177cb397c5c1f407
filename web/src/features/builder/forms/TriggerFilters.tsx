import { Button, MultiSelect, NumberInput, SegmentedControl, Select, Stack, TagsInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Filter, Trigger } from '@/features/flow/document'
import { readComparison } from '@/lib/formula/condition'
import { readFormula } from '@/lib/formula/expression'
import { appOf, triggerOf } from '../model/catalog'
import type { OnChange } from '../model/context'
import classes from './forms.module.css'
import { useForms } from './formula/FormsContext'
import { FormulaField } from './formula/FormulaField'
import {
  type Chosen,
  filterFor,
  type Offer,
  offersOf,
  ownFilters,
  readFilter,
  withChosen,
} from './model/filters'
import { problemsIn } from './model/found'
import { ComparisonRow } from './parts/ComparisonRow'
import { Section } from './parts/Section'

const mostFilters = 5

/** Which of what happens counts: questions that the trigger offers, and conditions on what comes with it. */
export function TriggerFilters({ value, onChange }: { value: Trigger; onChange: OnChange<Trigger> }) {
  const { t } = useTranslation('forms')
  const { context } = useForms()
  const filters = value.filters ?? []
  // What a built-in trigger is called by stands in its settings.
  const builtIn = appOf(context.catalog, value.appId)?.builtIn === true
  const offers = builtIn ? [] : offersOf(triggerOf(context.catalog, value)?.filters)
  const own = ownFilters(filters, offers)
  const set = (next: Filter[], key?: string) =>
    onChange(({ filters: _, ...rest }) => (next.length > 0 ? { ...rest, filters: next } : rest), key)
  return (
    <Section title={t('filters.title')} text={t('filters.text')}>
      {offers.map((offer) => (
        <OfferField key={offer.id || offer.fieldKey} offer={offer} filters={filters} set={set} />
      ))}
      {own.map((filter, i) => (
        <ComparisonRow
          key={filter.id || filter.fieldKey}
          number={i + 1}
          value={filter.filterExpression}
          problems={problemsIn(context.problems, `filters[${filters.indexOf(filter)}]`)}
          onChange={(expression) => {
            const next = {
              ...filter,
              fieldKey: keyOf(expression) ?? filter.fieldKey,
              filterExpression: expression,
            }
            set(
              filters.map((f) => (f === filter ? next : f)),
              `filters.${filter.id}`,
            )
          }}
          onRemove={() => set(filters.filter((f) => f !== filter))}
        />
      ))}
      {!context.readOnly && filters.length < mostFilters && (
        <Button
          variant="default"
          size="xs"
          w="fit-content"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => set([...filters, { id: crypto.randomUUID(), fieldKey: '', filterExpression: '' }])}
        >
          {t('filters.add')}
        </Button>
      )}
    </Section>
  )
}

/** The field that a filter's expression is about: the first that it reads. */
function keyOf(expression: string): string | undefined {
  const read = readComparison(expression)
  if (read) return read.path
  const find = (e: ReturnType<typeof readFormula>): string | undefined => {
    if (e?.kind === 'field') return e.path
    const parts = e?.kind === 'call' ? e.args : e?.kind === 'list' ? e.items : []
    return parts.map(find).find((p) => p !== undefined)
  }
  return find(readFormula(expression))
}

function OfferField({
  offer,
  filters,
  set,
}: {
  offer: Offer
  filters: Filter[]
  set: (next: Filter[], key?: string) => void
}) {
  const { t } = useTranslation('forms')
  const { context } = useForms()
  const filter = filterFor(filters, offer)
  const chosen = filter ? readFilter(offer.fieldKey, filter.filterExpression) : []
  const choose = (values: Chosen) => set(withChosen(filters, offer, values), `filter.${offer.id}`)
  const said = filter ? problemsIn(context.problems, `filters[${filters.indexOf(filter)}]`) : []
  const missing = context.problems.filter((p) => p.fieldKey === offer.fieldKey && p.field === 'filters')
  const error = [...said, ...missing].map((p) => p.message)[0]
  const common = {
    label: offer.label,
    description: offer.description,
    error,
    withAsterisk: offer.required,
    readOnly: context.readOnly,
  }
  if (chosen === undefined && filter) {
    return (
      <FormulaField
        label={offer.label}
        description={offer.description}
        value={filter.filterExpression}
        onChange={(expression) =>
          set(
            filters.map((f) => (f === filter ? { ...f, filterExpression: expression } : f)),
            `filter.${offer.id}`,
          )
        }
        use="CONDITION"
        problems={said}
      />
    )
  }
  const values = (chosen ?? []).map(String)
  return (
    <Stack gap="sm">
      <OfferInput
        offer={offer}
        common={common}
        values={values}
        first={chosen?.[0]}
        choose={choose}
        any={t('filters.any')}
        yes={t('filters.yes')}
        no={t('filters.no')}
        hint={t('filters.ids')}
      />
      {filter && offer.followUps.length > 0 && (
        <div className={classes.nested}>
          <Stack gap="sm">
            {offer.followUps.map((o) => (
              <OfferField key={o.id || o.fieldKey} offer={o} filters={filters} set={set} />
            ))}
          </Stack>
        </div>
      )}
    </Stack>
  )
}

type Common = {
  label: string
  description?: string
  error?: string
  withAsterisk: boolean
  readOnly: boolean
}

function OfferInput(props: {
  offer: Offer
  common: Common
  values: string[]
  first: Chosen[number] | undefined
  choose: (values: Chosen) => void
  any: string
  yes: string
  no: string
  hint: string
}) {
  const { offer, common, values, first, choose } = props
  const { input } = offer
  switch (input.kind) {
    case 'boolean':
      return (
        <div>
          <div
            id={`${offer.id}-label`}
            style={{ fontSize: 'var(--mantine-font-size-sm)', fontWeight: 500, marginBlockEnd: 4 }}
          >
            {common.label}
          </div>
          <SegmentedControl
            aria-labelledby={`${offer.id}-label`}
            size="xs"
            readOnly={common.readOnly}
            data={[
              { value: '', label: props.any },
              { value: 'true', label: props.yes },
              { value: 'false', label: props.no },
            ]}
            value={typeof first === 'boolean' ? String(first) : ''}
            onChange={(v) => choose(v === '' ? [] : [v === 'true'])}
          />
        </div>
      )
    case 'number':
      return (
        <NumberInput
          {...common}
          w={220}
          min={input.least}
          max={input.most}
          placeholder={props.any}
          value={typeof first === 'number' ? first : ''}
          onChange={(n) => choose(typeof n === 'number' ? [n] : [])}
        />
      )
    case 'choice': {
      // A value that is no longer on offer stays to be seen, and to be taken away.
      const data = [
        ...input.options,
        ...values
          .filter((v) => !input.options.some((o) => o.value === v))
          .map((v) => ({ value: v, label: v })),
      ]
      if (input.many) {
        return (
          <MultiSelect
            {...common}
            data={data}
            value={values}
            placeholder={values.length === 0 ? props.any : undefined}
            onChange={choose}
            searchable
            clearable
          />
        )
      }
      return (
        <Select
          {...common}
          data={data}
          value={values[0] ?? null}
          placeholder={props.any}
          onChange={(v) => choose(v === null ? [] : [v])}
          clearable
          searchable
        />
      )
    }
    default:
      return (
        <TagsInput
          {...common}
          value={values}
          placeholder={values.length === 0 ? props.hint : undefined}
          onChange={(list) => choose(input.many ? list : list.slice(-1))}
        />
      )
  }
}
