import { Box, SimpleGrid, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Schema } from '@/lib/api/client'
import { Source } from '@/ui/code/Source'
import classes from './Exchange.module.css'

type Message = Schema<'ExchangedMessage'>

/** What an attempt sent and what it got, side by side. */
export function Exchange({ exchange: e }: { exchange: Schema<'Exchange'> }) {
  const { t } = useTranslation('explorer')
  const answered = e.response.headers.length > 0 || e.response.bytes > 0
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
      <Box>
        <Text size="xs" c="dimmed" mb={4}>
          {t('runs.request')}
        </Text>
        <Text className={classes.line} dir="ltr">
          {e.method} {e.url}
        </Text>
        <Side message={e.request} label={t('runs.request')} />
      </Box>
      <Box>
        <Text size="xs" c="dimmed" mb={4}>
          {t('runs.response')}
        </Text>
        {answered ? (
          <Side message={e.response} label={t('runs.response')} />
        ) : (
          <Text size="sm" c="dimmed">
            {t('runs.noResponse')}
          </Text>
        )}
      </Box>
    </SimpleGrid>
  )
}

function Side({ message: m, label }: { message: Message; label: string }) {
  const { t, i18n } = useTranslation('explorer')
  const kept = new TextEncoder().encode(m.body ?? '').length
  const bytes = (n: number) =>
    new Intl.NumberFormat(i18n.language, { style: 'unit', unit: 'byte', unitDisplay: 'long' }).format(n)
  return (
    <>
      <dl className={classes.headers} dir="ltr">
        {m.headers.map((h) => (
          <div key={h.name}>
            <dt>{h.name}</dt>
            <dd>{h.hidden ? <i>{t('runs.hidden')}</i> : h.value}</dd>
          </div>
        ))}
      </dl>
      {m.body ? (
        <Source value={pretty(m.body)} label={label} />
      ) : (
        <Text size="xs" c="dimmed">
          {t('runs.noBody')}
        </Text>
      )}
      {m.body && kept < m.bytes && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('runs.cut', { kept: bytes(kept), all: bytes(m.bytes) })}
        </Text>
      )}
    </>
  )
}

/** A body that is whole JSON as data; any other as text. */
function pretty(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
