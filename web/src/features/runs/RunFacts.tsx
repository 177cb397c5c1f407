import { Anchor, Card, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { formatDuration } from '@/lib/time'
import { useNow, When } from '@/ui/When'
import type { RunTold } from './queries'
import classes from './runs.module.css'
import { StateIcon } from './StateBadge'
import { byHand, canceledBy, cancelReason, skipReason, standing } from './words'

/** How a run went, when, and who ended it. */
export function RunFacts({ run }: { run: RunTold }) {
  const { t } = useTranslation('runs')
  const { site, place } = useSite()
  const now = useNow()
  const a = run.activation
  const took = a.startedDate && a.endedDate ? Date.parse(a.endedDate) - Date.parse(a.startedDate) : undefined
  return (
    <Card withBorder padding="md" component="section" aria-label={t('run.facts')}>
      <Group gap="sm" mb="sm" wrap="nowrap" align="flex-start">
        <StateIcon run={a} />
        <Stack gap={0} role="status">
          <Text fw={600}>{standing(t, a)}</Text>
          {a.status === 'CANCELLED' && (
            <>
              <Text size="sm">{canceledBy(t, run.canceledBy)}</Text>
              <Text size="sm" c="dimmed">
                {cancelReason(t, a.cancelReason)}
              </Text>
            </>
          )}
          {a.status === 'SKIPPED' && (
            <Text size="sm" c="dimmed">
              {skipReason(t, a.skipReason)}
            </Text>
          )}
          {a.hurried && (
            <Text size="sm" c="dimmed">
              {byHand(t, 'hurried', a.hurried, now, place)}
            </Text>
          )}
        </Stack>
      </Group>
      <dl className={classes.values}>
        <dt>{a.startedDate ? t('run.began') : t('run.cameIn')}</dt>
        <dd>
          <When at={a.startedDate ?? a.initiatedDate} place={place} exact />
        </dd>
        {a.dueDate && (
          <>
            <dt>{a.startedDate ? t('run.due') : t('run.startsAt')}</dt>
            <dd>
              <When at={a.dueDate} place={place} exact />
            </dd>
          </>
        )}
        {a.endedDate && (
          <>
            <dt>{t('run.ended')}</dt>
            <dd>
              <When at={a.endedDate} place={place} exact />
            </dd>
          </>
        )}
        {took !== undefined && (
          <>
            <dt>{t('run.took')}</dt>
            <dd>{formatDuration(took, place.locale)}</dd>
          </>
        )}
      </dl>
      {a.rerunOf && (
        <Anchor
          component={Link}
          to={`/s/${site}/runs/${a.rerunOf}` as string}
          size="sm"
          mt="sm"
          display="block"
        >
          {t('run.rerunOf')}
        </Anchor>
      )}
      {run.reruns.length > 0 && (
        <Stack gap={4} mt="sm">
          <Text size="sm" c="dimmed">
            {t('run.reruns', { count: run.reruns.length })}
          </Text>
          {run.reruns.map((r) => (
            <Anchor key={r.id} component={Link} to={`/s/${site}/runs/${r.id}` as string} size="sm">
              {t(`statuses.${r.status}`)} · <When at={r.initiatedDate} place={place} />
            </Anchor>
          ))}
        </Stack>
      )}
    </Card>
  )
}
