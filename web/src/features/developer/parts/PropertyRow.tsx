import {
  ActionIcon,
  Button,
  Checkbox,
  Collapse,
  Group,
  Select,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconPlus, IconTrash } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type Change,
  formats,
  identities,
  type Property,
  renamed,
  type SchemaDoc,
  types,
  withChange,
  withNew,
  without,
} from '../model/properties'
import classes from './SchemaEditor.module.css'

type Props = {
  property: Property
  doc: SchemaDoc
  onChange: (doc: SchemaDoc) => void
  of: 'TRIGGER' | 'ACTION'
}

/** One property of a schema: what it is called and of what type; the rest on demand. */
export function PropertyRow({ property: p, doc, onChange, of }: Props) {
  const { t } = useTranslation('developer')
  const [opened, { toggle }] = useDisclosure(false)
  const change = (next: Change) => onChange(withChange(doc, p.way, next))
  const nested = p.way.length > 1
  return (
    <div className={classes.property}>
      <div className={classes.head}>
        <KeyInput property={p} doc={doc} onChange={onChange} />
        <TextInput
          label={t('schema.title')}
          size="xs"
          value={p.title}
          onChange={(e) => change({ title: e.currentTarget.value })}
        />
        <Select
          label={t('schema.type')}
          size="xs"
          data={types
            .filter((one) => !nested || (one !== 'object' && one !== 'array'))
            .map((one) => ({ value: one, label: t(`schema.types.${one}`) }))}
          value={p.type || null}
          onChange={(type) => type && change({ type })}
          allowDeselect={false}
        />
        <Group gap={4} wrap="nowrap" justify="flex-end">
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={toggle}
            aria-expanded={opened}
            aria-label={t('schema.edit', { name: p.key })}
          >
            <IconChevronDown size={16} style={{ transform: opened ? 'rotate(180deg)' : undefined }} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => onChange(without(doc, p.way))}
            aria-label={t('schema.delete', { name: p.key })}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      </div>
      <Collapse expanded={opened}>
        <More property={p} change={change} of={of} />
      </Collapse>
      {p.inside && (
        <Stack gap="xs" className={`${classes.more} ${classes.inside}`}>
          {p.inside.map((inner, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: keys change while they are typed, places do not
            <PropertyRow key={i} property={inner} doc={doc} onChange={onChange} of={of} />
          ))}
          <div>
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconPlus size={12} aria-hidden />}
              onClick={() => onChange(withNew(doc, p.way).doc)}
            >
              {t('schema.addInside')}
            </Button>
          </div>
        </Stack>
      )}
    </div>
  )
}

/** The key is kept as it is typed until it is one that no other property has. */
function KeyInput({ property: p, doc, onChange }: Omit<Props, 'of'>) {
  const { t } = useTranslation('developer')
  const [key, setKey] = useState(p.key)
  const [taken, setTaken] = useState(false)
  useEffect(() => setKey(p.key), [p.key])
  return (
    <TextInput
      label={t('schema.key')}
      size="xs"
      value={key}
      error={taken ? t('schema.taken') : undefined}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      onChange={(e) => {
        const next = e.currentTarget.value
        setKey(next)
        const doc2 = next === p.key ? doc : renamed(doc, p.way, next)
        setTaken(!doc2)
        if (doc2) onChange(doc2)
      }}
    />
  )
}

function More({
  property: p,
  change,
  of,
}: {
  property: Property
  change: (c: Change) => void
  of: Props['of']
}) {
  const { t } = useTranslation('developer')
  const text = p.type === 'string'
  const top = p.way.length === 1
  const trigger = of === 'TRIGGER'
  return (
    <Stack gap="xs" className={classes.more}>
      <Group grow align="flex-start" gap="xs">
        {text && (
          <Select
            label={t('schema.format')}
            size="xs"
            data={[...new Set([...formats, ...(p.format ? [p.format] : [])])]}
            placeholder={t('schema.noFormat')}
            value={p.format || null}
            onChange={(format) => change({ format: format ?? '' })}
            clearable
          />
        )}
        {(top || !trigger) && (
          <TextInput
            label={t('schema.example')}
            size="xs"
            value={p.example}
            onChange={(e) => change({ example: e.currentTarget.value })}
          />
        )}
      </Group>
      <Textarea
        label={t('schema.description')}
        size="xs"
        autosize
        minRows={1}
        value={p.description}
        onChange={(e) => change({ description: e.currentTarget.value })}
      />
      <Group gap="lg">
        <Checkbox
          size="xs"
          label={t('schema.required')}
          checked={p.required}
          onChange={(e) => change({ required: e.currentTarget.checked })}
        />
        {trigger && (
          <Checkbox
            size="xs"
            label={t('schema.hide')}
            checked={p.hidden}
            onChange={(e) => change({ hidden: e.currentTarget.checked })}
          />
        )}
      </Group>
      {trigger && text && top && (p.format === 'date-time' || p.futureDate) && (
        <Checkbox
          size="xs"
          label={t('schema.futureDate')}
          description={t('schema.futureDateHelp')}
          checked={p.futureDate}
          onChange={(e) => change({ futureDate: e.currentTarget.checked })}
        />
      )}
      {trigger && text && (p.format === 'uuid' || p.identity) && (
        <Select
          size="xs"
          maw={260}
          label={t('schema.identity')}
          description={t('schema.identityHelp')}
          placeholder={t('schema.nobody')}
          data={identities.map((one) => ({ value: one, label: t(`schema.${one}`) }))}
          value={p.identity || null}
          onChange={(identity) => change({ identity: identity ?? '' })}
          clearable
        />
      )}
    </Stack>
  )
}
