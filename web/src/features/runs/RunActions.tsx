import { Button } from '@mantine/core'
import { IconPencil, IconPlayerStop, IconRepeat } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { ask, siteApi } from '@/lib/api/client'
import { Confirm } from '@/ui/Confirm'
import { CopyButton } from '@/ui/CopyButton'
import { notify } from '@/ui/notify'
import { stateOf } from './model'
import { type RunTold, runsKey } from './queries'

/** What can be done with a run. */
export function RunActions({ run }: { run: RunTold }) {
  const { t } = useTranslation('runs')
  const { site, editable } = useSite()
  const { id, automationId } = run.activation
  const open = stateOf(run.activation) === 'OPEN'
  return (
    <>
      <CopyButton value={`${window.location.origin}/s/${site}/runs/${id}`} label={t('run.link')} />
      {!run.deleted && run.automation && (
        <Button
          component={Link}
          to={`/s/${site}/automations/${automationId}` as string}
          variant="default"
          leftSection={<IconPencil size={16} aria-hidden />}
        >
          {t('run.automation')}
        </Button>
      )}
      {editable && open && <CancelButton run={run} />}
      {editable && !open && !run.deleted && <AgainButton run={run} />}
    </>
  )
}

function useFailed() {
  const { t } = useTranslation('runs')
  return (error: Error) => void notify({ color: 'red', title: t('run.failed'), message: error.message })
}

function AgainButton({ run }: { run: RunTold }) {
  const { t } = useTranslation('runs')
  const { site } = useSite()
  const [asking, setAsking] = useState(false)
  const client = useQueryClient()
  const navigate = useNavigate()
  const failed = useFailed()
  const again = useMutation({
    mutationFn: () =>
      ask(
        siteApi(site).POST('/automations/esbConfigResolver/v1/events/rerun-activation', {
          body: { activationId: run.activation.id, idempotency: { key: crypto.randomUUID() } },
        }),
      ),
    onSuccess: ({ activationId }) => {
      setAsking(false)
      void client.invalidateQueries({ queryKey: runsKey(site) })
      void notify({ color: 'belay', message: t('run.againDone') })
      if (activationId) void navigate({ to: '/s/$site/runs/$id', params: { site, id: activationId } })
    },
    onError: failed,
  })
  return (
    <>
      <Button leftSection={<IconRepeat size={16} aria-hidden />} onClick={() => setAsking(true)}>
        {t('run.again')}
      </Button>
      <Confirm
        opened={asking}
        title={t('run.againTitle')}
        act={t('run.again')}
        busy={again.isPending}
        onConfirm={() => again.mutate()}
        onClose={() => setAsking(false)}
      >
        {t('run.againText')}
      </Confirm>
    </>
  )
}

function CancelButton({ run }: { run: RunTold }) {
  const { t } = useTranslation('runs')
  const { site } = useSite()
  const [asking, setAsking] = useState(false)
  const client = useQueryClient()
  const failed = useFailed()
  const cancel = useMutation({
    mutationFn: () =>
      ask(
        siteApi(site).POST('/belay/v1/activations/{activationId}/cancel', {
          params: { path: { activationId: run.activation.id } },
        }),
      ),
    onSuccess: () => {
      setAsking(false)
      void client.invalidateQueries({ queryKey: runsKey(site) })
      void notify({ color: 'belay', message: t('run.cancelDone') })
    },
    onError: failed,
  })
  return (
    <>
      <Button
        color="red"
        variant="light"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {t('run.cancel')}
      </Button>
      <Confirm
        opened={asking}
        title={t('run.cancelTitle')}
        act={t('run.cancel')}
        danger
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate()}
        onClose={() => setAsking(false)}
      >
        {t('run.cancelText', { steps: leftOf(run).join(', ') || t('run.cancelNothing') })}
      </Confirm>
    </>
  )
}

/** The names of the steps that a run has not begun. */
function leftOf(run: RunTold): string[] {
  const begun = new Set(run.activation.actions.map((a) => a.actionId))
  return (run.digest?.steps ?? [])
    .filter((s) => s.kind === 'APP_DEFINED' && !begun.has(s.id))
    .map((s) => s.label ?? s.actionName ?? '')
    .filter(Boolean)
}
