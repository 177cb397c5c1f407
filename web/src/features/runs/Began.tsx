import { Accordion, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { RunTold } from './queries'
import { Values } from './Values'

/** What a run was begun with. */
export function Began({ run, open }: { run: RunTold; open?: boolean }) {
  const { t } = useTranslation('runs')
  if (!run.event) return <Text size="sm">{t('run.payloadGone')}</Text>
  return (
    <Accordion variant="default" defaultValue={open ? 'payload' : null} chevronPosition="right" order={2}>
      <Accordion.Item value="payload" style={{ borderBottom: 'none' }}>
        <Accordion.Control px={0}>
          <Text fw={600} size="sm">
            {t('run.payload')}
          </Text>
        </Accordion.Control>
        <Accordion.Panel styles={{ content: { paddingInline: 0 } }}>
          <Values of={run.activation.payload ?? run.event.payload} names={run.names.fields} />
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
}
