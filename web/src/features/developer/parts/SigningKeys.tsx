import { ActionIcon, Button, Group, Skeleton, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useHere } from '@/app/useHere'
import { api, ask } from '@/lib/api/client'
import { ApiError } from '@/lib/api/error'
import { CopyButton } from '@/ui/CopyButton'
import { Problem } from '@/ui/Problem'
import { Refused } from '@/ui/Refused'
import { When } from '@/ui/When'
import { signingKeysQuery } from '../queries'
import { Credentials } from './Credentials'
import { Rotate } from './Rotate'

/** What the app's server checks Belay's calls with. */
export function SigningKeys({ app }: { app: string }) {
  const { t } = useTranslation('developer')
  const client = useQueryClient()
  const place = useHere()
  const [rotating, rotate] = useDisclosure(false)
  const found = useQuery(signingKeysQuery(app))
  const make = useMutation({
    mutationFn: (overlapSeconds: number) =>
      ask(
        api.POST('/belay/v1/apps/{appId}/signing-keys', {
          params: { path: { appId: app } },
          body: { overlapSeconds },
        }),
      ),
    onSuccess: () => {
      rotate.close()
      void client.invalidateQueries({ queryKey: ['app', app, 'signing-keys'] })
    },
  })
  const jwks = `${window.location.origin}/belay/v1/apps/${app}/jwks.json`
  const denied = found.error instanceof ApiError && found.error.status === 403
  return (
    <Credentials
      title={t('keys.signing')}
      about={t('keys.signingText')}
      action={
        <Button size="sm" variant="default" onClick={rotate.open} disabled={!found.data}>
          {t('keys.rotateSigning')}
        </Button>
      }
    >
      <Line name={t('keys.jwks')} value={jwks} />
      {found.isPending && <Skeleton h={60} />}
      {denied ? (
        <Text size="sm">{t('keys.denied')}</Text>
      ) : (
        found.isError && <Problem error={found.error} again={() => void found.refetch()} />
      )}
      {found.data?.keys.map((k) => (
        <Line key={k.id} name={t('keys.publicKey')} value={k.id} copy={k.publicKeyPem}>
          <When at={k.createdDate} place={place} />
        </Line>
      ))}
      {found.data?.secrets.map((s) => (
        <Line key={s.id} name={t('keys.secret')} value={s.value} hidden>
          <When at={s.createdDate} place={place} />
        </Line>
      ))}
      <Rotate
        opened={rotating}
        title={t('keys.rotateSigning')}
        busy={make.isPending}
        onRotate={make.mutate}
        onClose={rotate.close}
      >
        {make.isError && <Refused error={make.error} />}
      </Rotate>
    </Credentials>
  )
}

type LineProps = { name: string; value: string; copy?: string; hidden?: boolean; children?: React.ReactNode }

/** One key, to copy; a secret stays covered until it is asked for. */
function Line({ name, value, copy, hidden, children }: LineProps) {
  const { t } = useTranslation('developer')
  const [shown, { toggle }] = useDisclosure(!hidden)
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <div style={{ minWidth: 0 }}>
        <Text size="xs" c="dimmed">
          {name}
          {children && ' · '}
          {children}
        </Text>
        <Text ff="monospace" size="xs" truncate dir="ltr" ta="start">
          {shown ? value : '•'.repeat(24)}
        </Text>
      </div>
      <Group gap={2} wrap="nowrap">
        {hidden && (
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={toggle}
            aria-label={shown ? t('keys.hide') : t('keys.reveal')}
          >
            {shown ? <IconEyeOff size={16} /> : <IconEye size={16} />}
          </ActionIcon>
        )}
        <CopyButton value={copy ?? value} label={name} />
      </Group>
    </Group>
  )
}
