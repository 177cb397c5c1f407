import {
  ActionIcon,
  Autocomplete,
  Button,
  Checkbox,
  Collapse,
  Group,
  NumberInput,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Field } from '@/lib/schema/fields'
import type { JsonSchema } from '@/lib/schema/schema'
import {
  added,
  type Change,
  changed,
  type Declared,
  deepest,
  faultsOf,
  type Kind,
  kinds,
  mostOffers,
  moved,
  newOffer,
  type Offer,
  removed,
} from '../model/offers'
import { FilterChoices } from './FilterChoices'
import classes from './SchemaEditor.module.css'

type Props = {
  offer: Offer
  list: Declared[]
  fields: Field[]
  schema: JsonSchema
  onChange: (list: Declared[]) => void
}

const newId = () => crypto.randomUUID()

/** One filter that a trigger offers: the field it is about, what people are asked, and how they answer. */
export function FilterRow({ offer, list, fields, schema, onChange }: Props) {
  const { t } = useTranslation('developer')
  const [opened, { toggle }] = useDisclosure(false)
  const change = (next: Change) => onChange(changed(list, offer.way, next, newId))
  const faults = faultsOf(
    offer,
    fields.map((f) => f.path),
  )
  const named = offer.label || offer.field || t('filters.one')
  const field = faults.find((f) => f === 'noField' || f === 'unknownField')
  return (
    <div className={classes.property}>
      <div className={classes.head}>
        {offer.field === undefined ? (
          <TextInput
            label={t('filters.field')}
            size="xs"
            value={t('filters.dynamic')}
            readOnly
            variant="filled"
          />
        ) : (
          <Autocomplete
            label={t('filters.field')}
            size="xs"
            data={fields.map((f) => f.path)}
            value={offer.field}
            error={field && t(`filters.faults.${field}`)}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            onChange={(path) =>
              onChange(
                fields.some((f) => f.path === path)
                  ? moved(list, offer.way, schema, path, newId)
                  : changed(list, offer.way, { field: path }, newId),
              )
            }
          />
        )}
        <TextInput
          label={t('filters.label')}
          size="xs"
          maxLength={200}
          value={offer.label}
          onChange={(e) => change({ label: e.currentTarget.value })}
        />
        <Select
          label={t('filters.kind')}
          size="xs"
          data={kinds.map((one) => ({ value: one, label: t(`filters.kinds.${one}`) }))}
          value={offer.kind}
          allowDeselect={false}
          onChange={(kind) => kind && change({ kind: kind as Kind })}
        />
        <Group gap={4} wrap="nowrap" justify="flex-end">
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={toggle}
            aria-expanded={opened}
            aria-label={t('filters.edit', { name: named })}
          >
            <IconChevronDown size={16} style={{ transform: opened ? 'rotate(180deg)' : undefined }} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => onChange(removed(list, offer.way))}
            aria-label={t('filters.delete', { name: named })}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      </div>
      {offer.kind === 'choice' && (
        <div className={classes.more}>
          <FilterChoices offer={offer} faults={faults} change={change} newId={newId} />
        </div>
      )}
      {offer.kind === 'values' && (
        <Text size="xs" c="dimmed" className={classes.more}>
          {t('filters.valuesHelp')}
        </Text>
      )}
      <Collapse expanded={opened}>
        <More offer={offer} change={change} wrong={faults.includes('bounds')} />
        {offer.way.length < deepest && offer.followUps.length < mostOffers && (
          <div className={classes.more}>
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconPlus size={12} aria-hidden />}
              onClick={() => onChange(added(list, offer.way, newOffer(schema, '', newId)))}
            >
              {t('filters.addFollowUp')}
            </Button>
          </div>
        )}
      </Collapse>
      {offer.followUps.length > 0 && (
        <Stack gap="xs" className={`${classes.more} ${classes.inside}`}>
          <Text size="xs" c="dimmed">
            {t('filters.followUps')}
          </Text>
          {offer.followUps.map((inner) => (
            <FilterRow
              key={inner.way.join('.')}
              offer={inner}
              list={list}
              fields={fields}
              schema={schema}
              onChange={onChange}
            />
          ))}
        </Stack>
      )}
    </div>
  )
}

function More({ offer, change, wrong }: { offer: Offer; change: (c: Change) => void; wrong: boolean }) {
  const { t } = useTranslation('developer')
  const bound = (name: 'least' | 'most' | 'initial') => (
    <NumberInput
      label={t(`filters.${name}`)}
      size="xs"
      value={offer[name] ?? ''}
      error={wrong && name === 'most' ? t('filters.faults.bounds') : undefined}
      onChange={(v) => change({ [name]: typeof v === 'number' ? v : undefined })}
    />
  )
  return (
    <Stack gap="xs" className={classes.more}>
      <TextInput
        label={t('filters.description')}
        size="xs"
        value={offer.description}
        onChange={(e) => change({ description: e.currentTarget.value })}
      />
      {offer.kind === 'number' && (
        <Group grow align="flex-start" gap="xs">
          {bound('least')}
          {bound('most')}
          {bound('initial')}
        </Group>
      )}
      <Group gap="lg">
        <Checkbox
          size="xs"
          label={t('filters.required')}
          checked={offer.required}
          onChange={(e) => change({ required: e.currentTarget.checked })}
        />
        {offer.kind === 'boolean' && (
          <Checkbox
            size="xs"
            label={t('filters.on')}
            checked={offer.on}
            onChange={(e) => change({ on: e.currentTarget.checked })}
          />
        )}
        {(offer.kind === 'choice' || offer.kind === 'values') && (
          <Checkbox
            size="xs"
            label={t('filters.many')}
            checked={offer.many}
            onChange={(e) => change({ many: e.currentTarget.checked })}
          />
        )}
      </Group>
    </Stack>
  )
}
