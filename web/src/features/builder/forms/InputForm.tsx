import { ActionIcon, Button, Group, Input, SegmentedControl, Select, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { createContext, useContext, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { hasFormula } from '@/lib/formula/segments'
import { asObject } from '@/lib/json'
import type { JsonSchema } from '@/lib/schema/schema'
import { titleOf } from '@/lib/schema/title'
import { More } from '@/ui/More'
import type { Problem } from '../model/problems'
import classes from './forms.module.css'
import { useForms } from './formula/FormsContext'
import { FormulaField } from './formula/FormulaField'
import { type Help, helpOf } from './help'
import { problemsExactlyAt, problemsIn } from './model/found'
import { fromText, isLong, isSeldom, ordered, toText, wayOf, withField } from './model/inputs'
import { ModeButton } from './parts/ModeButton'
import { PlainField } from './parts/PlainField'
import { Problems, saidOf } from './parts/Problems'

type Values = Record<string, unknown>
type Change = (next: unknown, key: string) => void

/** Values are written out: no formula stands in them. */
const Literal = createContext(false)

/** The inputs of an action, by its schema: each value is written out, or a text with expressions. */
export function InputForm(props: {
  schema: JsonSchema
  value: Values
  onField: (name: string, next: unknown, key: string) => void
  place: string
  builtIn: boolean
  actionKey: string
  /** Values are known beforehand; none comes from a formula. */
  literal?: boolean
}) {
  const { t } = useTranslation('forms')
  const { schema, value, builtIn, actionKey } = props
  const names = ordered(schema, builtIn, actionKey)
  const isUsed = (name: string) => value[name] !== undefined
  const plain = names.filter((n) => !isSeldom(builtIn, actionKey, n))
  const rest = names.filter((n) => isSeldom(builtIn, actionKey, n))
  const { problems } = useForms().context
  // A mail needs one of its two texts, which its schema cannot say of either.
  const isText = (name: string) => builtIn && actionKey === 'send_email' && name === 'text' && !value.html
  const field = (name: string) => (
    <ValueField
      key={name}
      name={name}
      schema={schema.properties?.[name] ?? {}}
      root={schema}
      required={(schema.required ?? []).includes(name) || isText(name)}
      more={isText(name) ? problemsExactlyAt(problems, props.place) : undefined}
      value={value[name]}
      place={`${props.place}.${name}`}
      help={builtIn ? helpOf(actionKey, name, t) : undefined}
      onChange={(next, key) => props.onField(name, next, key)}
    />
  )
  return (
    <Literal value={props.literal === true}>
      <Stack gap="md">
        {plain.map(field)}
        {rest.length > 0 && (
          <More label={t('input.more')} open={rest.some(isUsed)}>
            <Stack gap="md">{rest.map(field)}</Stack>
          </More>
        )}
      </Stack>
    </Literal>
  )
}

type FieldProps = {
  name: string
  schema: JsonSchema
  root: JsonSchema
  required: boolean
  value: unknown
  place: string
  onChange: Change
  help?: Help
  /** What stands against the field beside what names it. */
  more?: Problem[]
}

function ValueField(props: FieldProps) {
  const { name, value, onChange, place } = props
  const { way, schema } = wayOf(props.schema, props.root)
  const label = props.help?.label ?? schema.title ?? titleOf(name)
  const description = props.help?.description ?? schema.description
  const common = { ...props, schema, label, description }
  // A whole value may come from a formula, whatever its type; a field where one is typed stays such a field.
  const literal = useContext(Literal)
  const isFormula = !literal && typeof value === 'string' && hasFormula(value)
  const [byFormula, setByFormula] = useState(isFormula)
  if (way !== 'formula' && way !== 'json' && (byFormula || isFormula)) {
    const onPlain = () => {
      setByFormula(false)
      onChange(undefined, place)
    }
    return <TextField {...common} onPlain={onPlain} />
  }
  const onFormula = literal ? undefined : () => setByFormula(true)
  switch (way) {
    case 'choice':
      return <ChoiceField {...common} />
    case 'boolean':
      return <BooleanField {...common} onFormula={onFormula} />
    case 'object':
      return <ObjectField {...common} />
    case 'list':
      return <ListField {...common} onFormula={onFormula} />
    case 'pairs':
      return <PairsField {...common} />
    default:
      return <TextField {...common} />
  }
}

type Common = FieldProps & { label: string; description?: string }

/** A value as text with expressions: of any type, when it is one expression alone. */
function TextField({
  name,
  schema,
  value,
  place,
  label,
  description,
  required,
  help,
  more = [],
  onChange,
  onPlain,
}: Common & { onPlain?: () => void }) {
  const { problems } = useForms().context
  const Field = useContext(Literal) ? PlainField : FormulaField
  const example = Array.isArray(schema.examples) ? schema.examples[0] : undefined
  return (
    <Field
      label={label}
      description={description}
      placeholder={help?.placeholder ?? (example === undefined ? undefined : toText(example))}
      required={required}
      lines={isLong(name, schema)}
      addresses={help?.addresses}
      value={toText(value)}
      expects={schema}
      problems={[...problemsIn(problems, place), ...more]}
      onChange={(text) => onChange(fromText(text, schema), place)}
      tools={onPlain && <ModeButton formula onSwitch={onPlain} />}
    />
  )
}

function ChoiceField({ schema, value, place, label, description, required, onChange }: Common) {
  const { t } = useTranslation('forms')
  const { problems, readOnly } = useForms().context
  const initial = typeof schema.default === 'string' ? schema.default : null
  const options = (schema.enum as string[]).map((v) => ({ value: v, label: v }))
  const stray =
    typeof value === 'string' && !options.some((o) => o.value === value) ? [{ value, label: value }] : []
  return (
    <Select
      label={label}
      description={description}
      required={required}
      readOnly={readOnly}
      data={[...options, ...stray]}
      value={typeof value === 'string' ? value : initial}
      placeholder={t('input.choose')}
      clearable={!required && initial === null}
      allowDeselect={false}
      error={saidOf(problemsIn(problems, place))}
      onChange={(v) => onChange(v ?? undefined, place)}
    />
  )
}

function BooleanField({
  value,
  place,
  label,
  description,
  required,
  onChange,
  onFormula,
}: Common & { onFormula?: () => void }) {
  const { t } = useTranslation('forms')
  const { problems, readOnly } = useForms().context
  const id = useId()
  const choices = [
    { value: 'true', label: t('filters.yes') },
    { value: 'false', label: t('filters.no') },
  ]
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" mb={4}>
        <Input.Label id={id} component="div" required={required}>
          {label}
        </Input.Label>
        {!readOnly && onFormula && <ModeButton formula={false} onSwitch={onFormula} />}
      </Group>
      {description && <Input.Description mb={4}>{description}</Input.Description>}
      <SegmentedControl
        aria-labelledby={id}
        size="xs"
        readOnly={readOnly}
        data={required ? choices : [{ value: '', label: t('input.unset') }, ...choices]}
        value={typeof value === 'boolean' ? String(value) : ''}
        onChange={(v) => onChange(v === '' ? undefined : v === 'true', place)}
      />
      <Problems list={problemsIn(problems, place)} />
    </div>
  )
}

function ObjectField({ schema, root, value, place, label, description, onChange }: Common) {
  const { problems } = useForms().context
  const fields = asObject(value)
  return (
    <Input.Wrapper label={label} description={description} labelElement="div">
      <Stack gap="sm" mt={6} className={classes.nested} role="group" aria-label={label}>
        {Object.entries(schema.properties ?? {}).map(([name, property]) => (
          <ValueField
            key={name}
            name={name}
            schema={property}
            root={root}
            required={(schema.required ?? []).includes(name)}
            value={fields[name]}
            place={`${place}.${name}`}
            onChange={(next, key) => {
              const left = withField(fields, name, next)
              onChange(Object.keys(left).length > 0 ? left : undefined, key)
            }}
          />
        ))}
      </Stack>
      <Problems list={problemsExactlyAt(problems, place)} />
    </Input.Wrapper>
  )
}

function ListField({
  name,
  schema,
  root,
  value,
  place,
  label,
  description,
  required,
  onChange,
  onFormula,
}: Common & { onFormula?: () => void }) {
  const { t } = useTranslation('forms')
  const { problems, readOnly } = useForms().context
  const items = Array.isArray(value) ? value : []
  const most = typeof schema.maxItems === 'number' ? schema.maxItems : 100
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" mb={4}>
        <Input.Label component="div" required={required}>
          {label}
        </Input.Label>
        {!readOnly && items.length === 0 && onFormula && <ModeButton formula={false} onSwitch={onFormula} />}
      </Group>
      {description && <Input.Description mb={4}>{description}</Input.Description>}
      <Stack gap="xs">
        {items.map((item, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no names of their own
          <Group key={i} gap="xs" wrap="nowrap" align="flex-start">
            <div style={{ flex: 1, minWidth: 0 }}>
              <ValueField
                name={name}
                schema={{ ...schema.items, title: t('input.item', { number: i + 1 }) }}
                root={root}
                required={false}
                value={item}
                place={`${place}[${i}]`}
                onChange={(next, key) => onChange(items.with(i, next ?? ''), key)}
              />
            </div>
            {!readOnly && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('input.removeItem', { number: i + 1 })}
                onClick={() => onChange(items.length > 1 ? items.toSpliced(i, 1) : undefined, place)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
        {!readOnly && items.length < most && (
          <Button
            variant="default"
            size="xs"
            w="fit-content"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => onChange([...items, ''], place)}
          >
            {t('input.addItem')}
          </Button>
        )}
        <Problems list={problemsExactlyAt(problems, place)} />
      </Stack>
    </div>
  )
}

/** An object whose names are free: headers. */
function PairsField({ value, place, label, description, onChange }: Common) {
  const { t } = useTranslation('forms')
  const { problems, readOnly } = useForms().context
  const Field = useContext(Literal) ? PlainField : FormulaField
  const [typed, setPairs] = useState(() => Object.entries(asObject(value)))
  // A name that is still empty is known here alone; anything else that differs came from outside.
  const same = JSON.stringify(named(typed)) === JSON.stringify(asObject(value))
  const pairs = same ? typed : Object.entries(asObject(value))
  const set = (next: [string, unknown][]) => {
    setPairs(next)
    const told = named(next)
    onChange(Object.keys(told).length > 0 ? told : undefined, place)
  }
  return (
    <div>
      <Input.Label component="div">{label}</Input.Label>
      {description && <Input.Description mb={4}>{description}</Input.Description>}
      <Stack gap="sm">
        {pairs.map(([name, v], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names change while they are typed
          <div key={i} className={classes.pair}>
            <TextInput
              label={t('input.name')}
              readOnly={readOnly}
              value={name}
              onChange={(e) => set(pairs.with(i, [e.currentTarget.value, v]))}
            />
            <Field
              label={t('input.value')}
              value={toText(v)}
              problems={problemsIn(problems, `${place}.${name}`)}
              onChange={(text) => set(pairs.with(i, [name, text]))}
            />
            {!readOnly && (
              <ActionIcon
                variant="subtle"
                color="gray"
                mb={5}
                aria-label={t('input.removePair', { name: name || i + 1 })}
                onClick={() => set(pairs.toSpliced(i, 1))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </div>
        ))}
        {!readOnly && (
          <Button
            variant="default"
            size="xs"
            w="fit-content"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => setPairs([...pairs, ['', '']])}
          >
            {t('input.addPair')}
          </Button>
        )}
      </Stack>
    </div>
  )
}

function named(pairs: [string, unknown][]): Values {
  return Object.fromEntries(pairs.filter(([name]) => name.trim() !== ''))
}
