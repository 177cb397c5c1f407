import {
  Alert,
  Button,
  Checkbox,
  Group,
  List,
  Loader,
  Modal,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { queryClient } from '@/app/query'
import type { StepText } from '@/features/flow/describe'
import { type Automation, whole } from '@/features/flow/document'
import { type Api, ask } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { notify } from '@/ui/notify'
import { ChangeList } from './ChangeList'
import type { Catalog } from './model/catalog'
import { withStatus } from './model/edit'
import type { Keeper } from './model/keeper'
import type { Problem } from './model/problems'
import type { DraftAt } from './useAutosave'
import { findProblems } from './useProblems'
import { mostRuns, useRunsUnderWay } from './useRunsUnderWay'
import { useLabels } from './useSaid'
import type { Workspace } from './useWorkspace'

type Props = {
  site: string
  api: Api
  live: Automation | undefined
  workspace: Workspace
  keeper: Keeper<Automation, DraftAt>
  catalog: Catalog
  describe: (id: string) => StepText
  onClose: () => void
  /** Shows the step that something stands against, or the trigger. */
  onShow: (stepId: string | undefined) => void
  onPublished: (live: Automation) => void
}

/** Says what publishing changes and what happens to runs under way, then publishes. */
export function PublishDialog({
  site,
  api,
  live,
  workspace,
  keeper,
  catalog,
  describe,
  onClose,
  onShow,
  onPublished,
}: Props) {
  const { t } = useTranslation('builder')
  const label = useLabels(catalog)
  const navigate = useNavigate()
  const { automation } = workspace
  const [on, setOn] = useState(live ? live.configuration.status === 'ACTIVE' : true)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<string>()
  const id = live?.id ?? keeper.at.draftId
  const runs = useRunsUnderWay(api, site, live?.id)
  const check = useQuery({
    queryKey: ['builder-check', site, id ?? '', automation],
    queryFn: () => findProblems(api, automation, id, false),
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  const errors = check.data?.filter((p) => p.severity === 'error') ?? []
  const warnings = check.data?.filter((p) => p.severity === 'warning') ?? []
  const labelOf = (p: Problem) =>
    p.fieldKey && p.part === 'step' && p.stepId ? label(automation, p.stepId, p.fieldKey) : p.fieldKey
  const status = on ? 'ACTIVE' : 'INACTIVE'
  const ready = check.data !== undefined && errors.length === 0

  async function publish() {
    setBusy(true)
    setFailed(undefined)
    const next = withStatus(automation, status)
    workspace.apply(() => next)
    keeper.take(next)
    try {
      if (!(await keeper.flush())) throw new Error(t('publishing.unsaved'))
      const draftId = keeper.at.draftId ?? (live?.id as string)
      const answer = await ask(
        api.POST('/automations-service/v2/automations/drafts/{automationId}/publish', {
          params: { path: { automationId: draftId } },
          body: {
            fields: ['OVERRIDE_SCHEMA', 'AS_STORED'],
            ...(live?.revision ? { originalRevision: live.revision } : {}),
          },
        }),
      )
      const published = whole(answer.automation)
      keeper.settle(next, { originalId: published.id })
      void notify({
        color: 'belay',
        title: t(on ? 'publishing.doneOn' : 'publishing.done'),
        message: on ? t('publishing.where', { name: published.name }) : published.name,
      })
      void queryClient.invalidateQueries({ queryKey: ['automations', site] })
      onPublished(published)
      if (published.id !== id) {
        await navigate({
          to: '/s/$site/automations/$id',
          params: { site, id: published.id as string },
          replace: true,
        })
      }
    } catch (thrown) {
      const error = toApiError(thrown)
      setFailed(error.code === 'DRAFT_OUTDATED' ? t('publishing.outdated') : error.message)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t(live ? 'publishing.title' : 'publishing.titleNew')}
      closeButtonProps={{ 'aria-label': t('close') }}
      size="lg"
    >
      <Stack gap="md">
        {check.isPending && (
          <Group gap="sm" role="status">
            <Loader size="sm" />
            <Text size="sm">{t('publishing.checking')}</Text>
          </Group>
        )}
        {check.error && (
          <Alert color="red" role="alert">
            {check.error.message}
          </Alert>
        )}
        {errors.length > 0 && (
          <Alert color="red" title={t('publishing.errors', { count: errors.length })} role="alert">
            <Found problems={errors} describe={describe} labelOf={labelOf} onShow={onShow} />
          </Alert>
        )}
        {warnings.length > 0 && (
          <Alert color="yellow" title={t('publishing.warnings')}>
            <Found problems={warnings} describe={describe} labelOf={labelOf} onShow={onShow} />
          </Alert>
        )}
        {live && (
          <section>
            <Title order={3} size="sm" mb="xs">
              {t('publishing.changes')}
            </Title>
            <ChangeList before={live} after={automation} catalog={catalog} />
          </section>
        )}
        {live && (
          <section>
            <Title order={3} size="sm" mb="xs">
              {t('publishing.runs')}
            </Title>
            <Text size="sm">{runs.data === undefined ? t('publishing.counting') : fate(runs.data)}</Text>
          </section>
        )}
        {!live && (
          <TextInput
            label={t('publishing.name')}
            description={t('publishing.nameHelp')}
            maxLength={100}
            value={automation.name}
            onFocus={(e) => e.currentTarget.select()}
            onChange={(e) => {
              const name = e.currentTarget.value
              workspace.apply((now) => ({ ...now, name }), 'name')
            }}
          />
        )}
        {!live && <Text size="sm">{t('publishing.new')}</Text>}
        {!live && (
          <Checkbox
            checked={on}
            onChange={(e) => setOn(e.currentTarget.checked)}
            label={t('publishing.on')}
            description={t('publishing.onAbout')}
          />
        )}
        {failed && (
          <Alert color="red" role="alert">
            {failed}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          {/* A disabled button takes no focus, which would stay behind the dialog while the check runs. */}
          <Button
            onClick={() => ready && void publish()}
            loading={busy}
            aria-disabled={!ready}
            data-disabled={!ready || undefined}
            data-autofocus
          >
            {t('publish')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )

  function fate(count: number): string {
    if (count === 0) return t('publishing.noRuns')
    // What repeats on a calendar is planned anew; all else keeps to what it began with.
    const calendar = ['schedule', 'wix_automations-scheduled_trigger'].includes(
      automation.configuration.trigger.triggerKey,
    )
    const many = count >= mostRuns ? `${mostRuns}+` : String(count)
    return t(calendar ? 'publishing.replanned' : 'publishing.kept', { count, many })
  }
}

type FoundProps = {
  problems: Problem[]
  describe: (id: string) => StepText
  /** What the field that a problem is in is called in its form. */
  labelOf: (problem: Problem) => string | undefined
  onShow: (stepId: string | undefined) => void
}

function Found({ problems, describe, labelOf, onShow }: FoundProps) {
  const { t } = useTranslation('builder')
  const said = (p: Problem): string => {
    if (p.reason === 'MIN_ITEMS' && p.part === 'whole') return t('publishing.noStep')
    const field = labelOf(p)
    if (p.reason === 'REQUIRED' && p.part === 'step')
      return field ? t('publishing.missing', { field }) : t('publishing.missingSomething')
    return field && p.fieldKey && !p.message.includes(p.fieldKey) ? `${field}: ${p.message}` : p.message
  }
  return (
    <List size="sm" spacing={4}>
      {problems.map((p) => (
        <List.Item key={p.id}>
          {p.part !== 'whole' && (
            <>
              <Button variant="transparent" size="compact-sm" px={0} onClick={() => onShow(p.stepId)}>
                {describe(p.stepId ?? 'trigger').title}
              </Button>
              {': '}
            </>
          )}
          {said(p)}
        </List.Item>
      ))}
    </List>
  )
}
