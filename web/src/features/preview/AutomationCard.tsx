import { Badge, Card, Group, List, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheck, IconCircleMinus, IconPlayerPause, IconTool } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatDateTime, type Place } from '@/lib/time'
import { type Automation, shown } from './model'
import { Steps } from './Steps'

type Props = {
  automation: Automation
  place: Place
  /** Whether it is the only one, whose name is known. */
  alone: boolean
}

const looks = {
  RUNS: { color: 'belay', icon: IconCircleCheck },
  SKIPPED: { color: 'gray', icon: IconCircleMinus },
  FAILED: { color: 'red', icon: IconCircleMinus },
  INACTIVE: { color: 'gray', icon: IconPlayerPause },
  NOT_READY: { color: 'yellow', icon: IconTool },
} as const

/** What would become of one automation. */
export function AutomationCard({ automation: a, place, alone }: Props) {
  const { t } = useTranslation('preview')
  const { color, icon: Icon } = looks[a.outcome as keyof typeof looks]
  return (
    <Card withBorder component="article">
      <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
        <Title order={alone ? 3 : 2} size="h3" style={{ overflowWrap: 'anywhere' }}>
          {a.name || t('unnamed')}
        </Title>
        <Badge
          color={color}
          variant="light"
          leftSection={<Icon size={14} aria-hidden />}
          style={{ flexShrink: 0 }}
        >
          {t(`outcome.${a.outcome as keyof typeof looks}`)}
        </Badge>
      </Group>
      <Why automation={a} place={place} />
      {a.outcome === 'RUNS' && (
        <>
          {a.refreshes && (
            <Text size="sm" c="dimmed" mt="xs">
              {t('refreshes')}
            </Text>
          )}
          <Steps automation={a} place={place} />
        </>
      )}
    </Card>
  )
}

/** Why an automation would not run, in plain words. */
function Why({ automation: a, place }: { automation: Automation; place: Place }) {
  const { t } = useTranslation('preview')
  if (a.outcome === 'RUNS') return null
  if (a.outcome === 'INACTIVE') return <Words>{t('why.inactive')}</Words>
  if (a.outcome === 'NOT_READY') {
    return (
      <Stack gap={4} mt="xs">
        <Text size="sm">{t('why.notReady')}</Text>
        <List size="sm">
          {a.violations.map((v) => (
            <List.Item key={v.field + v.description}>{v.description}</List.Item>
          ))}
        </List>
      </Stack>
    )
  }
  switch (a.reason) {
    case 'TRIGGER_FILTERS_NOT_PASSED':
      return (
        <Stack gap={4} mt="xs">
          <Text size="sm">{t('why.filter')}</Text>
          <List size="sm">
            {a.filters
              .filter((f) => !f.passed)
              .map((f) => (
                <List.Item key={f.expression}>
                  {f.error ||
                    f.values
                      .map((v) =>
                        v.value === null
                          ? t('why.absent', { field: v.path })
                          : t('why.value', { field: v.path, value: shown(v.value) }),
                      )
                      .join(' · ')}{' '}
                  <Text span size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                    {f.expression}
                  </Text>
                </List.Item>
              ))}
          </List>
        </Stack>
      )
    case 'SCHEDULE_DATE_EXPIRED':
      return (
        <Words>
          {a.startsDate
            ? t('why.past', { when: formatDateTime(new Date(a.startsDate), place) })
            : t('why.over')}
        </Words>
      )
    case 'RATE_LIMIT_EXCEEDED':
      return <Words>{t('why.limit', { max: a.limit?.max ?? 0 })}</Words>
    default:
      return <Words>{t('why.failed', { error: a.error ?? '' })}</Words>
  }
}

function Words({ children }: { children: string }) {
  return (
    <Text size="sm" mt="xs">
      {children}
    </Text>
  )
}
