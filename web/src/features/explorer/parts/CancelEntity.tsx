import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { actingApp } from '@/app/actingApp'
import { useSession } from '@/app/session'
import { ask, type Schema, siteApi } from '@/lib/api/client'
import type { Place } from '@/lib/time'
import { Problem } from '@/ui/Problem'
import { When } from '@/ui/When'
import type { Explained } from '../queries'

type Props = { told: Explained; site: string; place: Place; opened: boolean; onClose: () => void }

/** Asks before an entity is canceled and names what is lost, then says what the cancel found. */
export function CancelEntity({ told, site, place, opened, onClose }: Props) {
  const { t } = useTranslation('explorer')
  const session = useSession()
  const { sites } = session
  const client = useQueryClient()
  const { event } = told
  const cancel = useMutation({
    mutationFn: () =>
      ask(
        siteApi(site, actingApp(session, event.appId)).POST('/automations/v1/events/cancel', {
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
      title={t(cancel.data ? 'cancel.titleDone' : 'cancel.title')}
      centered
      closeButtonProps={{ 'aria-label': t('close', { ns: 'app' }) }}
    >
      {cancel.data ? (
        <Found found={cancel.data} />
      ) : (
        <Stack gap="sm">
          <Text size="sm">{t('cancel.text', { site: sites.find((s) => s.id === site)?.name ?? site })}</Text>
          <Lost told={told} place={place} />
        </Stack>
      )}
      {cancel.isError && <Problem error={cancel.error} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={close} data-autofocus>
          {cancel.data ? t('close', { ns: 'app' }) : t('cancel.keep')}
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

/** The runs of the event that a cancel calls off. */
function Lost({ told, place }: { told: Explained; place: Place }) {
  const { t } = useTranslation('explorer')
  const waiting = told.activations.filter((a) => !a.endedDate)
  const names = new Map(told.automations.map((a) => [a.activationId, a.name]))
  if (waiting.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('cancel.nothing')}
      </Text>
    )
  }
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {t('cancel.lost')}
      </Text>
      <List size="sm" spacing={2}>
        {waiting.map((a) => (
          <List.Item key={a.id}>
            <bdi>{names.get(a.id) ?? t('why.unnamed')}</bdi>
            {a.dueDate && (
              <>
                {' · '}
                <When at={a.dueDate} place={place} exact />
              </>
            )}
          </List.Item>
        ))}
      </List>
    </div>
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
