import { Badge, Box, Code, Group, Text, ThemeIcon, Timeline } from '@mantine/core'
import {
  IconArrowsSplit2,
  IconBell,
  IconBraces,
  IconGauge,
  IconHourglass,
  IconMail,
  IconPuzzle,
  IconQuestionMark,
  IconWorld,
} from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { mailPage } from '@/lib/mail/harmless'
import { formatDateTime, type Place } from '@/lib/time'
import { type Automation, type Step, shown } from './model'
import classes from './preview.module.css'

/** The steps of an automation, each when it would be reached, with what it would send. */
export function Steps({ automation, place }: { automation: Automation; place: Place }) {
  const { t } = useTranslation('preview')
  const steps = automation.steps.filter((s) => s.type !== 'MERGE' && s.type !== 'SPLIT')
  const names = new Map(automation.steps.map((s) => [s.actionId, s.name || t(`step.${kindOf(s)}`)]))
  const begins = automation.startsDate && new Date(automation.startsDate)
  return (
    <>
      {begins && (
        <Text size="sm" c="dimmed" mt="xs" mb="md">
          {t('begins', { when: formatDateTime(begins, place) })}
        </Text>
      )}
      <Timeline bulletSize={30} lineWidth={2} active={steps.length}>
        {steps.map((step) => (
          <Timeline.Item
            key={step.actionId}
            bullet={<Bullet step={step} />}
            title={
              <Group gap="xs">
                <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
                  {step.name || t(`step.${kindOf(step)}`)}
                </Text>
                <Outcome step={step} />
              </Group>
            }
          >
            <Text size="sm" c="dimmed" component="time" dateTime={step.date}>
              {formatDateTime(new Date(step.date), place)}
            </Text>
            <Content step={step} place={place} />
            {step.assumed.length > 0 && (
              <Text size="sm" className={classes.assumed}>
                {t('assumed', { steps: step.assumed.map((id) => names.get(id) ?? id).join(', ') })}
              </Text>
            )}
          </Timeline.Item>
        ))}
      </Timeline>
      {automation.cut && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('cut')}
        </Text>
      )}
    </>
  )
}

type Kind = 'mail' | 'notify' | 'request' | 'app' | 'wait' | 'decide' | 'limit' | 'values'

function kindOf(step: Step): Kind {
  if (step.mail || step.actionKey === 'send_email') return 'mail'
  if (step.notification || step.actionKey === 'notify') return 'notify'
  if (step.request) return 'request'
  switch (step.type) {
    case 'DELAY':
      return 'wait'
    case 'CONDITION':
    case 'CODE_CONDITION':
      return 'decide'
    case 'RATE_LIMIT':
      return 'limit'
    case 'SET_VARIABLES':
    case 'OUTPUT':
      return 'values'
    default:
      return 'app'
  }
}

const icons = {
  mail: IconMail,
  notify: IconBell,
  request: IconWorld,
  app: IconPuzzle,
  wait: IconHourglass,
  decide: IconArrowsSplit2,
  limit: IconGauge,
  values: IconBraces,
}

function Bullet({ step }: { step: Step }) {
  const Icon = icons[kindOf(step)] ?? IconQuestionMark
  const color = step.outcome === 'FAILED' ? 'red' : step.outcome === 'SKIPPED' ? 'gray' : 'belay'
  return (
    <ThemeIcon size={30} radius="xl" variant="light" color={color}>
      <Icon size={16} aria-hidden />
    </ThemeIcon>
  )
}

function Outcome({ step }: { step: Step }) {
  const { t } = useTranslation('preview')
  switch (step.outcome) {
    case 'FAILED':
      return (
        <Badge color="red" variant="light">
          {t('state.FAILED')}
        </Badge>
      )
    case 'SKIPPED':
      return (
        <Badge color="gray" variant="light">
          {t('state.SKIPPED')}
        </Badge>
      )
    case 'PASSED':
    case 'NOT_PASSED':
      return (
        <Badge color={step.outcome === 'PASSED' ? 'belay' : 'gray'} variant="light">
          {t(`state.${step.outcome}`)}
        </Badge>
      )
    default:
      return null
  }
}

function Content({ step, place }: { step: Step; place: Place }) {
  const { t } = useTranslation('preview')
  return (
    <Box mt={6}>
      {step.error && (
        <Text size="sm" c="red" style={{ overflowWrap: 'anywhere' }}>
          {step.error}
        </Text>
      )}
      {step.untilDate && (
        <Text size="sm">{t('until', { when: formatDateTime(new Date(step.untilDate), place) })}</Text>
      )}
      {step.expressions.map((e) => (
        <Text size="sm" key={e.expression} style={{ overflowWrap: 'anywhere' }}>
          {e.values
            .map((v) =>
              v.value === null
                ? t('why.absent', { field: v.path })
                : t('why.value', { field: v.path, value: shown(v.value) }),
            )
            .join(' · ')}{' '}
          <Text span size="xs" c="dimmed" ff="monospace">
            {e.expression}
          </Text>
        </Text>
      ))}
      {step.limit && <Text size="sm">{t('places', { taken: step.limit.taken, max: step.limit.max })}</Text>}
      {step.mail && <Mail step={step} />}
      {step.notification && (
        <div className={classes.paper}>
          {step.notification.title && <Text fw={600}>{step.notification.title}</Text>}
          <Text size="sm" className={classes.text}>
            {step.notification.message}
          </Text>
        </div>
      )}
      {step.request && (
        <div className={classes.paper}>
          <Text size="sm" ff="monospace" className={classes.text}>
            {step.request.method} {step.request.url}
          </Text>
          {step.request.body && (
            <Code block mt="xs" className={classes.code}>
              {pretty(step.request.body)}
            </Code>
          )}
        </div>
      )}
      {kindOf(step) === 'app' && step.input !== undefined && (
        <Code block className={classes.code}>
          {JSON.stringify(step.input, null, 2)}
        </Code>
      )}
      {kindOf(step) === 'values' && step.output !== undefined && (
        <Code block className={classes.code}>
          {JSON.stringify(step.output, null, 2)}
        </Code>
      )}
    </Box>
  )
}

/** A mail as it would arrive: what acts, or asks another server, is left out of its HTML. */
function Mail({ step }: { step: Step }) {
  const { t } = useTranslation('preview')
  const mail = step.mail
  const page = useMemo(() => (mail?.html ? mailPage(mail.html) : ''), [mail?.html])
  if (!mail) return null
  return (
    <div className={classes.paper}>
      <dl className={classes.head}>
        <Line label={t('mail.from')} text={mail.from} />
        <Line label={t('mail.to')} text={mail.to.join(', ')} />
        {mail.cc.length > 0 && <Line label={t('mail.cc')} text={mail.cc.join(', ')} />}
        {mail.replyTo && <Line label={t('mail.replyTo')} text={mail.replyTo} />}
      </dl>
      <Text fw={650} mb={6} style={{ overflowWrap: 'anywhere' }}>
        {mail.subject || t('mail.noSubject')}
      </Text>
      {page ? (
        <iframe className={classes.frame} title={t('mail.frame')} sandbox="" srcDoc={page} />
      ) : (
        <Text size="sm" className={classes.text}>
          {mail.text}
        </Text>
      )}
    </div>
  )
}

function Line({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{text}</dd>
    </div>
  )
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
