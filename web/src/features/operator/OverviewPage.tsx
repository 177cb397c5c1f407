import {
  Anchor,
  Group,
  SegmentedControl,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  useComputedColorScheme,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '@/lib/time'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { formatBytes, formatCount } from './model/amount'
import { highest, instants, last } from './model/verdict'
import classes from './operator.module.css'
import { Bars } from './parts/Bars'
import { Chart, type Series, toneOf } from './parts/Chart'
import { Panel } from './parts/Panel'
import { useVersion } from './parts/useVersion'
import { Verdict } from './parts/Verdict'
import { type Stats, statsQuery } from './queries'

export const route = createLazyRoute('/signed/ops/')({ component: OverviewPage })

const spans = [15, 60, 240] as const

function OverviewPage() {
  const { t } = useTranslation('operator')
  const version = useVersion()
  const [minutes, setMinutes] = useState<number>(60)
  const stats = useQuery(statsQuery(minutes))
  return (
    <Page
      title={t('overview')}
      about={
        stats.data &&
        (stats.data.nodes > 1 ? t('answeredBy', { node: stats.data.node }) : version(stats.data.version))
      }
      actions={
        <SegmentedControl
          aria-label={t('span')}
          value={String(minutes)}
          onChange={(value) => setMinutes(Number(value))}
          data={spans.map((n) => ({ value: String(n), label: t(`spans.m${n}`) }))}
        />
      }
    >
      {stats.isError && <Problem error={stats.error} again={() => void stats.refetch()} />}
      {stats.isPending && <Waiting />}
      {stats.data && <Figures stats={stats.data} minutes={minutes} />}
    </Page>
  )
}

function Waiting() {
  return (
    <Stack aria-busy>
      <Skeleton h={84} radius="lg" />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {[1, 2, 3, 4].map((n) => (
          <Skeleton key={n} h={236} radius="lg" />
        ))}
      </SimpleGrid>
    </Stack>
  )
}

function Figures({ stats, minutes }: { stats: Stats; minutes: number }) {
  const { t, i18n } = useTranslation('operator')
  const language = i18n.language
  const history = stats.history
  const axis = { instants: instants(history), span: minutes * 60 }
  const count = (n: number) => formatCount(n, language)
  const span = (ms: number) => formatDuration(ms, language)
  const shared = stats.nodes > 1
  const ofNode = shared ? t('ofNode') : undefined
  const ofAll = shared ? t('ofAll') : undefined
  const late = history.lateMs.map((ms) => (ms < 0 ? null : ms)) as number[]
  return (
    <Stack>
      <Verdict stats={stats} />
      {axis.instants.length < 2 && (
        <Text size="sm" c="dimmed">
          {t('historyBegins')}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Lines
          title={t('throughput')}
          about={ofNode ?? t('perSecond')}
          figure={count(last(history.events))}
          axis={axis}
          tick={count}
          series={[
            { label: t('events'), values: history.events, tone: 'main' },
            { label: t('acts'), values: history.acts, tone: 'second' },
          ]}
        />
        <Lines
          title={t('lateness')}
          about={t('latenessAbout')}
          figure={stats.lateness.attempts > 0 ? span(stats.lateness.p99Ms) : '–'}
          axis={axis}
          tick={span}
          least={10}
          series={[{ label: t('late99'), values: late, tone: 'main' }]}
          summary={t('latenessSummary', {
            p50: span(stats.lateness.p50Ms),
            p95: span(stats.lateness.p95Ms),
            p99: span(stats.lateness.p99Ms),
          })}
        />
        <Lines
          title={t('attempts')}
          about={ofNode ?? t('perSecond')}
          figure={count(last(history.attempts))}
          axis={axis}
          tick={count}
          series={[
            { label: t('attemptsMade'), values: history.attempts, tone: 'main' },
            { label: t('attemptsFailed'), values: history.failed, tone: 'bad' },
          ]}
        />
        <Lines
          title={t('behind')}
          about={ofNode}
          figure={count(last(history.behind))}
          axis={axis}
          tick={count}
          series={[
            { label: t('behindNow'), values: history.behind, tone: 'main' },
            { label: t('canceled'), values: history.canceled, tone: 'second' },
          ]}
        />
        <Panel title={t('backlog')} about={ofAll}>
          <Bars
            bars={stats.backlog.parts.map((part) => ({
              key: part.until,
              label: t(`due.${part.until}`),
              value: part.count,
              told: part.more ? t('atLeast', { count: part.count }) : count(part.count),
              bad: part.until === 'NOW',
            }))}
          />
        </Panel>
        <Panel title={t('hosts')} about={t('lately')}>
          {stats.failingHosts.length === 0 ? (
            <Nothing text={t('noHosts')} />
          ) : (
            <Bars
              bars={stats.failingHosts.map((host) => ({
                key: host.host,
                label: host.host,
                value: Number(host.failed),
                told: t('failedOf', { failed: host.failed, attempts: host.attempts }),
                bad: true,
              }))}
            />
          )}
        </Panel>
        <Panel title={t('topSites')} about={t('lately')}>
          <Top list={stats.sites} sites />
        </Panel>
        <Panel title={t('topApps')} about={t('lately')}>
          <Top list={stats.apps} />
        </Panel>
        <Panel title={t('commits')} about={ofNode}>
          <Text size="sm" c="dimmed" mb="sm">
            {stats.commits.commits > 0
              ? t('commitsText', {
                  count: stats.commits.commits,
                  acts: count(stats.commits.meanActs),
                  took: span(stats.commits.meanMs),
                })
              : t('noCommits')}
          </Text>
          <Bars
            bars={stats.commits.sizes.map((size) => ({
              key: String(size.upTo),
              label: size.upTo === 0 ? t('moreActs') : t('acts_', { count: size.upTo }),
              value: size.commits,
              told: count(size.commits),
            }))}
          />
        </Panel>
        <Panel title={t('store')} about={ofAll}>
          <Facts stats={stats} />
        </Panel>
      </SimpleGrid>
    </Stack>
  )
}

function Lines(props: {
  title: string
  about: string | undefined
  figure: string
  axis: { instants: number[]; span: number }
  tick: (n: number) => string
  series: Series[]
  summary?: string
  least?: number
}) {
  const { t } = useTranslation('operator')
  const scheme = useComputedColorScheme('light')
  const said = props.series
    .map((s) =>
      t('chartSummary', {
        what: s.label,
        now: props.tick(last(s.values)),
        most: props.tick(highest(s.values)),
      }),
    )
    .join('. ')
  return (
    <Panel title={props.title} about={props.about} figure={props.figure}>
      {props.axis.instants.length < 2 ? (
        <div className={classes.chart} />
      ) : (
        <Chart
          summary={props.summary ?? said}
          {...props.axis}
          series={props.series}
          tick={props.tick}
          least={props.least}
        />
      )}
      <Group gap="md" mt={4}>
        {props.series.map((s) => (
          <Text key={s.label} size="xs" c="dimmed">
            <span className={classes.key} style={{ background: toneOf(s.tone, scheme) }} aria-hidden />
            {s.label}
          </Text>
        ))}
      </Group>
    </Panel>
  )
}

function Top({ list, sites }: { list: Stats['sites']; sites?: boolean }) {
  const { t, i18n } = useTranslation('operator')
  if (list.length === 0) return <Nothing text={t('noReports')} />
  return (
    <Bars
      bars={list.map((one) => ({
        key: one.id,
        label: (
          <Anchor
            size="sm"
            renderRoot={(props) =>
              sites ? (
                <Link to={`/s/${one.id}/automations` as '/'} {...props} />
              ) : (
                <Link to="/dev/apps/$app" params={{ app: one.id }} {...props} />
              )
            }
          >
            {one.name || one.id}
          </Anchor>
        ),
        value: Number(one.events),
        told: formatCount(Number(one.events), i18n.language),
      }))}
    />
  )
}

function Facts({ stats }: { stats: Stats }) {
  const { t, i18n } = useTranslation('operator')
  const n = (value: string | number) => formatCount(Number(value), i18n.language)
  const store = stats.store
  const facts: [string, string][] = [
    [t('size'), formatBytes(Number(store.diskBytes), i18n.language)],
    [
      t('growth'),
      store.growthBytesPerDay === 0
        ? t('growthUnknown')
        : t('perDay', { size: formatBytes(store.growthBytesPerDay, i18n.language) }),
    ],
    [t('keptEvents'), n(store.events)],
    [t('keptActivations'), n(store.activations)],
    [t('pending'), n(store.pending)],
    [t('retention'), stats.retentionDays < 0 ? t('forEver') : t('days', { count: stats.retentionDays })],
  ]
  return (
    <Stack gap={6}>
      {facts.map(([name, value]) => (
        <Group key={name} justify="space-between" gap="sm">
          <Text size="sm" c="dimmed">
            {name}
          </Text>
          <Text size="sm" fw={550} className="figures">
            {value}
          </Text>
        </Group>
      ))}
    </Stack>
  )
}

function Nothing({ text }: { text: string }) {
  return (
    <Text size="sm" c="dimmed">
      {text}
    </Text>
  )
}
