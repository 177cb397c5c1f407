import { Alert, Box, Card, Group, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconHistory } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '@/app/useLive'
import { useSite } from '@/app/useSite'
import { type Automation, whole } from '@/features/flow/document'
import { triggerId } from '@/features/flow/links'
import { aboutOf } from '@/lib/about'
import { Back } from '@/ui/Back'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { Began } from './Began'
import { pathOf } from './model'
import { type RunTold, runQuery, runsKey } from './queries'
import { RunActions } from './RunActions'
import { RunFacts } from './RunFacts'
import classes from './runs.module.css'
import { StepDetails } from './StepDetails'
import { StepsList } from './StepsList'
import { useStepTexts } from './useStepTexts'

export const route = createLazyRoute('/signed/s/$site/runs/$id')({ component: RunPage })

const FlowCanvas = lazy(() => import('@/features/flow/FlowCanvas').then((m) => ({ default: m.FlowCanvas })))

/** One run: the path that it took, and what each step did. */
function RunPage() {
  const { t } = useTranslation('runs')
  const { site } = useSite()
  const { id } = useParams({ from: '/signed/s/$site/runs/$id' })
  const run = useQuery(runQuery(site, id))
  useLive({
    site,
    kinds: ['activation'],
    keys: [runQuery(site, id).queryKey],
    concerns: (m) =>
      m.id === id || (m.kind === 'activation' && m.automationId === run.data?.activation.automationId),
  })
  const name = run.data?.names.automation ?? run.data?.names.trigger ?? t('goneAutomation')
  return (
    <Page
      wide
      back={
        <Back to="/s/$site/runs" params={{ site }}>
          {t('run.back')}
        </Back>
      }
      title={run.data ? name : t('run.facts')}
      about={run.data && <Subject run={run.data} />}
      actions={run.data && <RunActions run={run.data} />}
    >
      {run.isPending && <RunSkeleton />}
      {run.isError && !run.data && <Problem error={run.error} again={() => void run.refetch()} />}
      {run.data && <Told run={run.data} key={`${runsKey(site)}${id}`} />}
    </Page>
  )
}

/** Whom or what a run was about. */
function Subject({ run }: { run: RunTold }) {
  const { t } = useTranslation('runs')
  const cause = run.activation.cause === 'EVENT' ? undefined : t(`causes.${run.activation.cause}`)
  return <>{[aboutOf(run), run.names.trigger, cause].filter(Boolean).join(' · ')}</>
}

function Told({ run }: { run: RunTold }) {
  const { t } = useTranslation('runs')
  const automation = useMemo(() => (run.automation ? whole(run.automation) : asItRan(run)), [run])
  const path = useMemo(() => pathOf(automation, run.activation), [automation, run.activation])
  const describe = useStepTexts(automation, run)
  const narrow = useMediaQuery('(max-width: 62em)', window.matchMedia('(max-width: 62em)').matches)
  const [view, setView] = useState<'flow' | 'list'>(narrow || !run.automation ? 'list' : 'flow')
  const [chosen, setChosen] = useState<string | undefined>(() => firstOf(run))
  const step = run.activation.actions.find((a) => a.actionId === chosen)
  return (
    <Stack gap="lg">
      {run.activation.status !== 'CANCELLED' && <Explained run={run} />}
      <div className={classes.columns}>
        <Box miw={0}>
          <Group justify="space-between" mb="sm">
            <SegmentedControl
              size="xs"
              aria-label={t('run.views.label')}
              data={[
                { value: 'flow', label: t('run.views.flow') },
                { value: 'list', label: t('run.views.list') },
              ]}
              value={view}
              disabled={!run.automation}
              onChange={(v) => setView(v as 'flow' | 'list')}
            />
            <Since run={run} />
          </Group>
          {view === 'flow' ? (
            <div className={classes.canvas} style={{ height: heightFor(automation) }}>
              <Suspense fallback={<Skeleton h="100%" />}>
                <FlowCanvas
                  automation={automation}
                  describe={describe}
                  states={path.states}
                  lit={path.lit}
                  selected={chosen}
                  onSelect={setChosen}
                  readOnly
                />
              </Suspense>
            </div>
          ) : (
            <StepsList automation={automation} run={run} describe={describe} states={path.states} />
          )}
        </Box>
        <Stack gap="md" className={classes.beside}>
          <RunFacts run={run} />
          {view === 'flow' && (
            <Card
              withBorder
              padding="md"
              component="section"
              aria-label={describe(chosen ?? triggerId).title}
            >
              {chosen && chosen !== triggerId ? (
                <StepDetails
                  title={describe(chosen)}
                  state={path.states[chosen] ?? 'untouched'}
                  step={step}
                />
              ) : (
                <Began run={run} open />
              )}
            </Card>
          )}
          {(view === 'list' || (chosen && chosen !== triggerId)) && (
            <Card withBorder padding="md">
              <Began run={run} />
            </Card>
          )}
        </Stack>
      </div>
    </Stack>
  )
}

/** As high as the steps are many, so that a short flow leaves no empty field. */
function heightFor(automation: Automation): string {
  const rows = Object.keys(automation.configuration.actions).length + 1
  return `min(72vh, ${Math.min(680, 110 + rows * 128)}px)`
}

/** The step that one looks for first: one that failed, else one that is under way. */
function firstOf(run: RunTold): string | undefined {
  const { actions } = run.activation
  const open = actions.find((a) => a.status === 'STARTED' || a.status === 'INVOKED_ASYNC')
  return (actions.find((a) => a.status === 'FAILED') ?? open)?.actionId
}

/** An automation whose document is kept no longer: its steps, as they ran. */
function asItRan(run: RunTold): Automation {
  const actions = Object.fromEntries(run.activation.actions.map((a) => [a.actionId, { type: a.type }]))
  const { appId, triggerKey } = run.activation
  return whole({
    configuration: { trigger: { appId, triggerKey }, rootActionIds: Object.keys(actions), actions },
  })
}

/** Whether the automation is still what it was. */
function Since({ run }: { run: RunTold }) {
  const { t } = useTranslation('runs')
  const text = !run.automation
    ? t('run.unknown')
    : run.deleted
      ? t('run.deleted')
      : run.newerRevision && t('run.changed')
  if (!text) return null
  return (
    <Group gap={6} c="dimmed" wrap="nowrap">
      <IconHistory size={15} aria-hidden style={{ flex: 'none' }} />
      <Text size="sm">{text}</Text>
    </Group>
  )
}

/** Why a run could not begin. */
function Explained({ run }: { run: RunTold }) {
  const { error, status } = run.activation
  if (status !== 'FAILED' || !error) return null
  return (
    <Alert color="red" role="status">
      {error}
    </Alert>
  )
}

function RunSkeleton() {
  return (
    <div className={classes.columns} aria-hidden>
      <Skeleton h={520} radius="lg" />
      <Stack>
        <Skeleton h={190} radius="md" />
        <Skeleton h={260} radius="md" />
      </Stack>
    </div>
  )
}
