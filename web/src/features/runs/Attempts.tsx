import { Accordion, Code, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import type { Schema } from '@/lib/api/client'
import { formatDuration } from '@/lib/time'
import { When } from '@/ui/When'
import type { Attempt } from './queries'
import classes from './runs.module.css'

/** Each try at a step: when, how it went and why, and what was sent and answered. */
export function Attempts({ attempts }: { attempts: Attempt[] }) {
  const { t } = useTranslation('runs')
  return (
    <section>
      <Text component="h3" size="sm" fw={600} mb={6}>
        {t('step.attempts', { count: attempts.length })}
      </Text>
      <Stack gap="sm" component="ol" className={classes.steps}>
        {attempts.map((a) => (
          <li key={a.number}>
            <One attempt={a} of={attempts.length} />
          </li>
        ))}
      </Stack>
    </section>
  )
}

function One({ attempt: a, of }: { attempt: Attempt; of: number }) {
  const { t } = useTranslation('runs')
  const { place } = useSite()
  const facts = [
    a.endedDate && t('step.took', { time: formatDuration(a.latencyMs, place.locale) }),
    a.status && t('step.answer', { status: a.status }),
    a.latenessMs > 0
      ? t('step.late', { time: formatDuration(a.latenessMs, place.locale) })
      : t('step.onTime'),
  ].filter(Boolean)
  return (
    <>
      <Text size="sm">
        {of > 1 && `${t('step.attempt', { number: a.number })}: `}
        {a.result ? t(`step.results.${a.result as 'RETRY'}`, { defaultValue: a.result }) : t('step.out')}
      </Text>
      <Text size="sm" c="dimmed">
        <When at={a.startedDate} place={place} exact /> · {facts.join(' · ')}
      </Text>
      {a.detail && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {a.detail}
        </Text>
      )}
      {a.exchange && <Exchanged exchange={a.exchange} />}
    </>
  )
}

function Exchanged({ exchange }: { exchange: Schema<'Exchange'> }) {
  const { t } = useTranslation('runs')
  return (
    <Accordion variant="contained" mt={6} order={4}>
      <Accordion.Item value="exchange">
        <Accordion.Control>
          <Text size="sm">{t('step.exchange')}</Text>
        </Accordion.Control>
        <Accordion.Panel>
          <Stack gap="sm">
            <Side
              title={t('step.request')}
              first={`${exchange.method} ${exchange.url}`}
              message={exchange.request}
            />
            <Side title={t('step.response')} message={exchange.response} />
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
}

type SideProps = { title: string; first?: string; message: Schema<'ExchangedMessage'> }

function Side({ title, first, message }: SideProps) {
  const { t } = useTranslation('runs')
  const headers = message.headers.map((h) => `${h.name}: ${h.hidden ? `(${t('step.hidden')})` : h.value}`)
  const head = [...(first ? [first] : []), ...headers].join('\n')
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      {head && (
        <Code block className={classes.code} tabIndex={0} dir="ltr">
          {head}
        </Code>
      )}
      <Code block className={classes.code} mt={4} tabIndex={0} dir="ltr">
        {message.body || t('step.emptyBody')}
      </Code>
    </div>
  )
}
