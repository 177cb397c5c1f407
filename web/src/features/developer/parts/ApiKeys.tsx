import { ActionIcon, Button, Group, Modal, Select, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHere } from '@/app/useHere'
import { api, ask } from '@/lib/api/client'
import { Confirm } from '@/ui/Confirm'
import { Problem } from '@/ui/Problem'
import { Refused } from '@/ui/Refused'
import { When } from '@/ui/When'
import { apiKeysQuery, type Key } from '../queries'
import { Credentials, Once } from './Credentials'

const lives = { never: 0, month: 30, quarter: 90, year: 365 } as const
type Life = keyof typeof lives

/** Keys by which the app reports and cancels. */
export function ApiKeys({ app }: { app: string }) {
  const { t } = useTranslation('developer')
  const place = useHere()
  const client = useQueryClient()
  const found = useQuery(apiKeysQuery(app))
  const [making, make] = useDisclosure(false)
  const [secret, setSecret] = useState<string>()
  const [leaving, setLeaving] = useState<Key>()
  const renew = () => void client.invalidateQueries({ queryKey: ['app', app, 'keys'] })
  const revoke = useMutation({
    mutationFn: (id: string) =>
      ask(api.DELETE('/belay/v1/keys/{keyId}', { params: { path: { keyId: id } } })),
    onSuccess: renew,
    onSettled: () => setLeaving(undefined),
  })
  return (
    <Credentials
      title={t('keys.apiKeys')}
      about={t('keys.apiKeysText')}
      action={
        <Button size="sm" variant="default" onClick={make.open}>
          {t('keys.newKey')}
        </Button>
      }
    >
      {found.isPending && <Skeleton h={40} />}
      {found.isError && <Problem error={found.error} again={() => void found.refetch()} />}
      {found.data?.length === 0 && <Text size="sm">{t('keys.noKeys')}</Text>}
      {found.data?.map((key) => (
        <Group key={key.id} justify="space-between" wrap="nowrap">
          <div style={{ minWidth: 0 }}>
            <Text size="sm" fw={600} truncate>
              {key.name}
            </Text>
            <Text size="xs" c="dimmed">
              <Text span ff="monospace" size="xs">
                {t('keys.ending', { hint: key.hint })}
              </Text>
              {' · '}
              <When at={key.createdDate} place={place} />
              {key.expiresDate && (
                <>
                  {' · '}
                  {t('keys.expiry')} <When at={key.expiresDate} place={place} />
                </>
              )}
            </Text>
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => setLeaving(key)}
            aria-label={t('keys.revoke', { name: key.name })}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      {revoke.isError && <Refused error={revoke.error} />}
      <NewKey
        app={app}
        opened={making}
        onClose={make.close}
        onMade={(value) => {
          make.close()
          setSecret(value)
          renew()
        }}
      />
      <Once secret={secret} onClose={() => setSecret(undefined)} />
      <Confirm
        opened={!!leaving}
        title={t('keys.revokeTitle')}
        act={t('remove')}
        danger
        busy={revoke.isPending}
        onConfirm={() => leaving && revoke.mutate(leaving.id)}
        onClose={() => setLeaving(undefined)}
      >
        {t('keys.revokeText', { name: leaving?.name })}
      </Confirm>
    </Credentials>
  )
}

type NewProps = { app: string; opened: boolean; onClose: () => void; onMade: (value: string) => void }

function NewKey({ app, opened, onClose, onMade }: NewProps) {
  const { t } = useTranslation('developer')
  const [name, setName] = useState('')
  const [life, setLife] = useState<Life>('never')
  const create = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/belay/v1/keys', {
          body: {
            name: name.trim(),
            role: 'app',
            appId: app,
            expiresDate: lives[life]
              ? new Date(Date.now() + lives[life] * 86_400_000).toISOString()
              : undefined,
          },
        }),
      ),
    onSuccess: (done) => onMade(done.secret),
  })
  const submit = (e: FormEvent) => {
    e.preventDefault()
    create.mutate()
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('keys.newKey')}
      centered
      closeButtonProps={{ 'aria-label': t('close', { ns: 'app' }) }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('keys.keyName')}
            placeholder={t('keys.keyNamePlaceholder')}
            value={name}
            maxLength={100}
            required
            data-autofocus
            onChange={(e) => setName(e.currentTarget.value)}
          />
          <Select
            label={t('keys.expiry')}
            data={(Object.keys(lives) as Life[]).map((one) => ({
              value: one,
              label: t(`keys.expiries.${one}`),
            }))}
            value={life}
            onChange={(v) => v && setLife(v as Life)}
            allowDeselect={false}
          />
          {create.isError && <Refused error={create.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
              {t('keys.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
