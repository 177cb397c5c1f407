import { Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHere } from '@/app/useHere'
import { api, ask } from '@/lib/api/client'
import { Refused } from '@/ui/Refused'
import { When } from '@/ui/When'
import type { App } from '../queries'
import { Credentials, Once } from './Credentials'
import { Rotate } from './Rotate'

/** The secrets by which the app gets tokens. */
export function AppSecrets({ app }: { app: App }) {
  const { t } = useTranslation('developer')
  const place = useHere()
  const client = useQueryClient()
  const [rotating, rotate] = useDisclosure(false)
  const [secret, setSecret] = useState<string>()
  const make = useMutation({
    mutationFn: (overlapSeconds: number) =>
      ask(
        api.POST('/belay/v1/apps/{appId}/secrets', {
          params: { path: { appId: app.id } },
          body: { overlapSeconds },
        }),
      ),
    onSuccess: (done) => {
      rotate.close()
      setSecret(done.secret)
      void client.invalidateQueries({ queryKey: ['app', app.id] })
    },
  })
  return (
    <Credentials
      title={t('keys.secrets')}
      about={t('keys.secretsText')}
      action={
        <Button size="sm" variant="default" onClick={rotate.open}>
          {t('keys.newSecret')}
        </Button>
      }
    >
      {app.secrets.length === 0 && <Text size="sm">{t('keys.noSecrets')}</Text>}
      {app.secrets.map((s) => (
        <Group key={s.id} justify="space-between">
          <Text ff="monospace" size="sm" dir="ltr">
            {t('keys.ending', { hint: s.hint })}
          </Text>
          <Text size="sm" c="dimmed">
            <When at={s.createdDate} place={place} />
            {' · '}
            {s.expiresDate ? <Until at={s.expiresDate} /> : t('keys.current')}
          </Text>
        </Group>
      ))}
      <Rotate
        opened={rotating}
        title={t('keys.newSecret')}
        busy={make.isPending}
        onRotate={make.mutate}
        onClose={rotate.close}
      >
        {make.isError && <Refused error={make.error} />}
      </Rotate>
      <Once secret={secret} onClose={() => setSecret(undefined)} />
    </Credentials>
  )
}

function Until({ at }: { at: string }) {
  const { t } = useTranslation('developer')
  const place = useHere()
  return t('keys.expires', {
    when: new Intl.DateTimeFormat(place.locale, { dateStyle: 'medium', timeStyle: 'short' }).format(
      new Date(at),
    ),
  })
}
