import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { schemaOf } from '@/lib/schema/infer'
import { JsonEditor } from '@/ui/code/JsonEditor'
import { notify } from '@/ui/notify'
import { parseSchema, type SchemaDoc } from '../model/properties'

type Props = { opened: boolean; onClose: () => void; onMake: (doc: SchemaDoc) => void }

/** Makes a schema of a payload that somebody has. */
export function FromPayload({ opened, onClose, onMake }: Props) {
  const { t } = useTranslation('developer')
  const [source, setSource] = useState('')
  const payload = parseSchema(source)
  const make = () => {
    if (!payload) return
    const { schema, omitted } = schemaOf(payload)
    onMake(schema as unknown as SchemaDoc)
    if (omitted.length > 0) {
      const paths = omitted.map((o) => o.path).join(', ')
      void notify({ color: 'yellow', message: t('schema.left', { count: omitted.length, paths }) })
    }
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('schema.fromPayload')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close', { ns: 'app' }) }}
    >
      <Stack>
        <Text size="sm">{t('schema.fromPayloadText')}</Text>
        <JsonEditor
          label={t('schema.fromPayload')}
          value={source}
          onChange={setSource}
          error={source.trim() !== '' && !payload ? t('schema.notObject') : undefined}
        />
        <Group justify="flex-end">
          <Button onClick={make} disabled={!payload}>
            {t('schema.make')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
