import { Group, List, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatDuration, formatRelative } from '@/lib/time'
import { useNow } from '@/ui/When'
import { type Trouble, troubles } from '../model/verdict'
import classes from '../operator.module.css'
import type { Stats } from '../queries'

/** In words, before any figure: whether all is well, and what is not. */
export function Verdict({ stats }: { stats: Stats }) {
  const { t } = useTranslation('operator')
  const list = troubles(stats)
  const well = list.length === 0
  const Icon = well ? IconCircleCheck : IconAlertTriangle
  const told = useTold()
  return (
    <div className={`${classes.panel} ${classes.verdict}`} data-well={well || undefined} role="status">
      <Group gap="md" wrap="nowrap" align="flex-start">
        <Icon size={30} stroke={1.6} aria-hidden />
        <div>
          <Title order={2} size="h3">
            {well ? t('well') : t('unwell', { count: list.length })}
          </Title>
          {well ? (
            <Text size="sm" c="dimmed">
              {stats.lateness.attempts > 0
                ? t('wellText', { late: told.span(stats.lateness.p99Ms) })
                : t('wellIdle')}
            </Text>
          ) : (
            <List size="sm" mt={6} spacing={4}>
              {list.map((trouble) => (
                <List.Item key={trouble.kind + ('host' in trouble ? trouble.host : '')}>
                  {told.trouble(trouble)}
                </List.Item>
              ))}
            </List>
          )}
        </div>
      </Group>
    </div>
  )
}

function useTold() {
  const { t, i18n } = useTranslation('operator')
  const now = useNow()
  const span = (ms: number) => formatDuration(ms, i18n.language)
  const trouble = (x: Trouble): string => {
    switch (x.kind) {
      case 'overdue':
        return t(x.more ? 'trouble.overdueMore' : 'trouble.overdue', {
          count: x.count,
          since: x.since ? formatRelative(new Date(x.since), now, i18n.language) : '',
        })
      case 'late':
        return t('trouble.late', { late: span(x.ms) })
      case 'host':
        return t('trouble.host', { host: x.host, failed: x.failed, count: x.attempts })
      case 'crowded':
        return t('trouble.crowded', { count: x.count })
    }
  }
  return { span, trouble }
}
