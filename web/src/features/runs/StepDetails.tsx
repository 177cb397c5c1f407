import { Alert, Group, List, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import type { StepState as StateWord, StepText } from '@/features/flow/describe'
import { StepIcon } from '@/features/flow/StepIcon'
import { formatDuration, formatRelative } from '@/lib/time'
import { useNow, When } from '@/ui/When'
import { Attempts } from './Attempts'
import { latenessOf } from './model'
import type { ActionRun } from './queries'
import classes from './runs.module.css'
import { Values } from './Values'
import { byHand } from './words'

type Props = { title?: StepText; state: StateWord; step: ActionRun | undefined }

/** Lateness up to this is no news. */
const punctual = 1000

/** All that one step of a run did. */
export function StepDetails({ title, state, step }: Props) {
  const { t } = useTranslation('runs')
  return (
    <Stack gap="md">
      {title && (
        <Group gap="sm" wrap="nowrap">
          <StepIcon look={title.look} />
          <div>
            <Title order={2} size="h3">
              {title.title}
            </Title>
            <StepState state={state} step={step} />
          </div>
        </Group>
      )}
      {step && <Done step={step} />}
      {!step && (
        <Text size="sm" c="dimmed">
          {t('run.notReached')}
        </Text>
      )}
    </Stack>
  )
}

const colors: Record<StateWord, string> = {
  done: 'belay',
  active: 'blue',
  waiting: 'orange',
  failed: 'red',
  skipped: 'dimmed',
  canceled: 'dimmed',
  untouched: 'dimmed',
}

/** How a step stands, in a word, and how late it was. */
export function StepState({ state, step }: { state: StateWord; step: ActionRun | undefined }) {
  const { t } = useTranslation(['runs', 'flow'])
  const { place } = useSite()
  const color = colors[state]
  const late = step ? latenessOf(step) : 0
  return (
    <Text
      component="span"
      size="sm"
      display="block"
      c={
        color === 'dimmed'
          ? color
          : `light-dark(var(--mantine-color-${color}-9), var(--mantine-color-${color}-4))`
      }
    >
      {state === 'untouched' ? t('run.notReached') : t(`flow:marks.${state}`)}
      {late > punctual && ` · ${t('step.late', { time: formatDuration(late, place.locale) })}`}
    </Text>
  )
}

function Done({ step }: { step: ActionRun }) {
  const { t } = useTranslation('runs')
  return (
    <>
      {step.error && (
        <Alert color="red" title={t('step.error')} p="sm">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {step.error}
          </Text>
        </Alert>
      )}
      <Times step={step} />
      {step.passed !== undefined && (
        <Text size="sm" fw={500}>
          {step.passed ? t('step.passed') : t('step.notPassed')}
        </Text>
      )}
      {(step.expressions?.length ?? 0) > 0 && <Checked step={step} />}
      {step.input !== undefined && (
        <Part title={t('step.input')}>
          <Values of={step.input} />
        </Part>
      )}
      {step.output !== undefined && (
        <Part title={t('step.output')}>
          <Values of={step.output} />
        </Part>
      )}
      {step.attempts.length > 0 && <Attempts attempts={step.attempts} />}
    </>
  )
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <Text component="h3" size="sm" fw={600} mb={6}>
        {title}
      </Text>
      {children}
    </section>
  )
}

function Times({ step }: { step: ActionRun }) {
  const { t } = useTranslation('runs')
  const { place } = useSite()
  const now = useNow()
  const rows: [string, string | undefined][] = [
    [t('step.started'), step.startedDate],
    [t('step.ended'), step.endedDate],
    [
      step.type === 'DELAY' ? t('step.waitsUntil') : t('step.nextTry'),
      step.inFlight ? undefined : step.dueDate,
    ],
    [t('step.asked'), step.invokedDate],
    [t('step.until'), step.completion ? undefined : step.timeoutDate],
  ]
  const shown = rows.filter((r): r is [string, string] => r[1] !== undefined)
  return (
    <Stack gap={6}>
      <dl className={classes.values}>
        {shown.map(([name, at]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>
              <When at={at} place={place} exact />
            </dd>
          </div>
        ))}
      </dl>
      {step.completion && (
        <Text size="sm">
          {t(step.completion.status === 'SUCCESS' ? 'step.appDone' : 'step.appFailed', {
            when: formatRelative(new Date(step.completion.date), now, place.locale),
          })}
        </Text>
      )}
      {step.hurried && (
        <Text size="sm">
          {byHand(t, step.type === 'DELAY' ? 'ended' : 'hurried', step.hurried, now, place)}
        </Text>
      )}
      {step.leaveOut && <Text size="sm">{byHand(t, 'leaveOut', step.leaveOut, now, place)}</Text>}
      {step.leftOut && <Text size="sm">{byHand(t, 'leftOut', step.leftOut, now, place)}</Text>}
      {step.postponed && <Text size="sm">{t('step.postponed', { count: step.postponed.times })}</Text>}
      {(step.refreshAttempts?.length ?? 0) > 0 && <Text size="sm">{t('step.payloadRefreshed')}</Text>}
    </Stack>
  )
}

function Checked({ step }: { step: ActionRun }) {
  const { t } = useTranslation('runs')
  return (
    <Part title={t('step.expressions')}>
      <List size="sm" spacing={4} listStyleType="none">
        {step.expressions?.map((e) => (
          <List.Item key={e.expression}>
            <Text component="span" size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
              {e.expression}
            </Text>{' '}
            <Text component="span" size="sm" c="dimmed">
              {e.error ?? (e.passed ? t('step.held') : t('step.heldNot'))}
            </Text>
          </List.Item>
        ))}
      </List>
    </Part>
  )
}
