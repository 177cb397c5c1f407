import { Accordion, Badge, Card, Group, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Schema } from '@/lib/api/client'
import { formatDuration, type Place } from '@/lib/time'
import { Source } from '@/ui/code/Source'
import { When } from '@/ui/When'
import type { Explained } from '../queries'
import { Exchange } from './Exchange'
import { Section } from './Section'
import { StatusBadge } from './StatusBadge'

type Activation = Schema<'Activation'>
type Action = Schema<'ActivityAction'>
type Attempt = Schema<'Attempt'>

/** Every activation of the event with its actions, and every call that they made. */
export function Runs({ told, place }: { told: Explained; place: Place }) {
  const { t } = useTranslation('explorer')
  const ran = told.activations.filter((a) => a.status !== 'SKIPPED')
  const names = new Map(told.automations.map((a) => [a.activationId, a]))
  return (
    <Section title={t('runs.title')}>
      {ran.length === 0 && <Text c="dimmed">{t('runs.none')}</Text>}
      <Stack gap="sm">
        {ran.map((a) => (
          <Run key={a.id} activation={a} automation={names.get(a.id)} place={place} />
        ))}
      </Stack>
    </Section>
  )
}

type RunProps = { activation: Activation; automation?: Schema<'ExplainedAutomation'>; place: Place }

function Run({ activation: a, automation, place }: RunProps) {
  const { t } = useTranslation('explorer')
  return (
    <Card withBorder p={0}>
      <Group justify="space-between" p="sm" wrap="nowrap" align="flex-start">
        <div>
          <Text fw={600}>{automation?.name ?? t('why.unnamed')}</Text>
          <Text size="xs" c="dimmed">
            {a.endedDate ? (
              <>
                {t('runs.ended')} <When at={a.endedDate} place={place} exact />
              </>
            ) : (
              a.dueDate && (
                <>
                  {t('runs.starts')} <When at={a.dueDate} place={place} exact />
                </>
              )
            )}
          </Text>
          {a.error && (
            <Text size="sm" c="light-dark(var(--mantine-color-red-8), var(--mantine-color-red-4))">
              {a.error}
            </Text>
          )}
        </div>
        <StatusBadge status={a.status} failures={a.withFailedActions} />
      </Group>
      {a.refreshAttempts?.map((one) => (
        <AttemptLine key={one.number} attempt={one} title={t('runs.refresh')} place={place} />
      ))}
      {a.actions.length > 0 ? (
        <Accordion chevronPosition="left" multiple>
          {a.actions.map((action) => (
            <ActionItem
              key={action.actionId}
              action={action}
              name={automation?.actions.find((one) => one.actionId === action.actionId)?.name}
              place={place}
            />
          ))}
        </Accordion>
      ) : (
        a.endedDate && (
          <Text size="sm" c="dimmed" px="sm" pb="sm">
            {t('runs.noActions')}
          </Text>
        )
      )}
    </Card>
  )
}

function ActionItem({ action: a, name, place }: { action: Action; name?: string; place: Place }) {
  const { t } = useTranslation('explorer')
  const called = name ?? t(`runs.type.${a.type as 'APP_DEFINED'}`)
  const last = a.attempts.at(-1)
  return (
    <Accordion.Item value={a.actionId}>
      <Accordion.Control>
        <Group justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm" fw={600}>
            {called}{' '}
            {last?.exchange && (
              <Text span size="xs" c="dimmed" fw={400} ff="monospace" dir="ltr" display="inline-block">
                {last.exchange.method} {hostOf(last.exchange.url)}
              </Text>
            )}
          </Text>
          <StatusBadge status={a.status} />
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack gap="md">
          {a.error && (
            <Text size="sm" c="light-dark(var(--mantine-color-red-8), var(--mantine-color-red-4))">
              {a.error}
            </Text>
          )}
          {a.attempts.map((one) => (
            <AttemptLine
              key={one.number}
              attempt={one}
              title={t('runs.attempt', { number: one.number })}
              place={place}
            />
          ))}
          {a.input !== undefined && (
            <div>
              <Text size="xs" c="dimmed" mb={4}>
                {t('runs.input')}
              </Text>
              <Source value={a.input} label={t('runs.input')} />
            </div>
          )}
          {a.output !== undefined && (
            <div>
              <Text size="xs" c="dimmed" mb={4}>
                {t('runs.output')}
              </Text>
              <Source value={a.output} label={t('runs.output')} />
            </div>
          )}
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  )
}

function AttemptLine({ attempt: a, title, place }: { attempt: Attempt; title: string; place: Place }) {
  const { t } = useTranslation('explorer')
  const good = a.result === 'DELIVERED'
  return (
    <div>
      <Group gap="xs" mb={6}>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Badge size="sm" variant="light" color={good ? 'belay' : a.result ? 'red' : 'blue'}>
          {a.result
            ? [a.status, a.code ?? (a.status ? undefined : a.result)].filter(Boolean).join(' ')
            : t('runs.out')}
        </Badge>
        <Text size="xs" c="dimmed">
          <When at={a.startedDate} place={place} exact />
          {a.latencyMs > 0 && ` · ${t('runs.took', { time: formatDuration(a.latencyMs, place.locale) })}`}
          {a.latenessMs > 0 &&
            ` · ${t('runs.lateness', { time: formatDuration(a.latenessMs, place.locale) })}`}
        </Text>
      </Group>
      {a.detail && (
        <Text size="sm" mb={6}>
          {a.detail}
        </Text>
      )}
      {a.exchange ? (
        <Exchange exchange={a.exchange} />
      ) : (
        <Text size="xs" c="dimmed">
          {t('runs.noExchange')}
        </Text>
      )}
    </div>
  )
}

function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return url
  }
}
