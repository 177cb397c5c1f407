import { Alert, Button, Fieldset, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconWand } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { JsonEditor } from '@/ui/code/JsonEditor'
import { parseSchema, propertiesOf, type SchemaDoc, withNew } from '../model/properties'
import { FromPayload } from './FromPayload'
import { Lint } from './Lint'
import { PropertyRow } from './PropertyRow'

type Props = {
  legend: string
  help?: string
  /** JSON, as it is typed. */
  value: string
  onChange: (value: string) => void
  of: 'TRIGGER' | 'ACTION'
  /** It may be left empty. */
  optional?: boolean
}

/** A schema as a form and as JSON, one document: what one changes, the other shows. */
export function SchemaEditor({ legend, help, value, onChange, of, optional }: Props) {
  const { t } = useTranslation('developer')
  const [asJSON, setAsJSON] = useState(false)
  const [making, make] = useDisclosure(false)
  const empty = optional && value.trim() === ''
  const doc = empty ? {} : parseSchema(value)
  const set = (next: SchemaDoc) => onChange(JSON.stringify(next, null, 2))
  return (
    <Fieldset legend={legend}>
      <Stack gap="sm">
        <Group justify="space-between">
          <SegmentedControl
            size="xs"
            aria-label={legend}
            value={asJSON || !doc ? 'json' : 'form'}
            onChange={(v) => setAsJSON(v === 'json')}
            disabled={!doc}
            data={[
              { value: 'form', label: t('schema.asForm') },
              { value: 'json', label: t('schema.asJSON') },
            ]}
          />
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconWand size={14} aria-hidden />}
            onClick={make.open}
          >
            {t('schema.fromPayload')}
          </Button>
        </Group>
        {help && (
          <Text size="xs" c="dimmed">
            {help}
          </Text>
        )}
        {asJSON || !doc ? (
          <JsonEditor label={legend} value={value} onChange={onChange} minHeight="16rem" />
        ) : (
          <Properties doc={doc} onChange={set} of={of} />
        )}
        {!doc && (
          <Alert color="yellow" variant="light" p="xs">
            <Text size="sm">{t('schema.unreadable')}</Text>
          </Alert>
        )}
        {doc && !empty && <Lint doc={doc} of={of} onFix={set} />}
      </Stack>
      <FromPayload opened={making} onClose={make.close} onMake={set} />
    </Fieldset>
  )
}

function Properties({
  doc,
  onChange,
  of,
}: {
  doc: SchemaDoc
  onChange: (doc: SchemaDoc) => void
  of: 'TRIGGER' | 'ACTION'
}) {
  const { t } = useTranslation('developer')
  const list = propertiesOf(doc)
  return (
    <Stack gap="xs">
      {list.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('schema.none')}
        </Text>
      )}
      {list.map((p, i) => (
        // The key of a property changes while it is typed; its place does not.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <PropertyRow key={i} property={p} doc={doc} onChange={onChange} of={of} />
      ))}
      <div>
        <Button
          size="xs"
          variant="light"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange(withNew({ type: 'object', ...doc }, []).doc)}
        >
          {t('schema.add')}
        </Button>
      </div>
    </Stack>
  )
}
