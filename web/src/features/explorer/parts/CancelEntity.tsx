import { Alert, Button, Group, Modal, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSession } from '@/app/session'
import { ask, type Schema, siteApi } from '@/lib/api/client'
import { Problem } from '@/ui/Problem'
import type { Explained } from '../queries'

type Props = { told: Explained; site: string; opened: boolean; onClose: () => void }

/** Asks before an entity is canceled, then says what the cancel found. */
export function CancelEntity({ told, site, opened, onClose }: Props) {
  const { t } = useTranslation('explorer')
  const { sites } = useSession()
  const client = useQueryClient()
  const { event } = told
  const cancel = useMutation({
    mutationFn: () =>
      ask(
        siteApi(site).POST('/automations/v1/events/cancel', {
          body: {
            triggerKey: event.triggerKey,
            externalEntityId: event.externalEntityId ?? '',
            appId: event.appId,
          },
        }),
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['event', site] })
      void client.invalidateQueries({ queryKey: ['events', site] })
    },
  })
  const close = () => {
    onClose()
    cancel.reset()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('cancel.title')}
      centered
      closeButtonProps={{ 'aria-label': t('close', { ns: 'app' }) }}
    >
      {cancel.data ? (
        <Found found={cancel.data} />
      ) : (
        <Text size="sm">{t('cancel.text', { site: sites.find((s) => s.id === site)?.name ?? site })}</Text>
      )}
      {cancel.isError && <Problem error={cancel.error} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={close} data-autofocus>
          {cancel.data ? t('close', { ns: 'app' }) : t('cancel', { ns: 'app' })}
        </Button>
        {!cancel.data && (
          <Button color="red" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('cancel.act')}
          </Button>
        )}
      </Group>
    </Modal>
  )
}

function Found({ found }: { found: Schema<'Canceled'> }) {
  const { t } = useTranslation('explorer')
  return (
    <Alert
      color={found.canceledActivations ? 'belay' : 'gray'}
      title={t('cancel.done', { count: found.canceledActivations })}
      role="status"
    >
      <Text size="sm">{t('cancel.inFlight', { count: found.inFlightActions })}</Text>
      <Text size="sm">{t('cancel.ended', { count: found.endedActivations })}</Text>
    </Alert>
  )
}
