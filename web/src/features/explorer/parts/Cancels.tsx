import { Alert, Stack, Text } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSession } from '@/app/session'
import type { Schema } from '@/lib/api/client'
import type { Place } from '@/lib/time'
import { When } from '@/ui/When'
import type { Explained } from '../queries'
import { Section } from './Section'

/** Who called off what of the event. */
export function Cancels({ told, place }: { told: Explained; place: Place }) {
  const { t } = useTranslation('explorer')
  const who = useWho(told)
  if (told.cancels.length === 0) return null
  return (
    <Section title={t('cancels.title')}>
      <Stack gap="xs">
        {told.cancels.map((c) => (
          <Alert key={c.date + c.reason} color="gray" icon={<IconBan />} p="sm">
            <Text size="sm">
              {t('cancels.line', { count: c.activationIds.length, who: who(c) })} ·{' '}
              <When at={c.date} place={place} exact />
            </Text>
            <Text size="xs" c="dimmed">
              {c.reason}
              {c.inFlight > 0 && ` · ${t('cancels.inFlight', { count: c.inFlight })}`}
            </Text>
          </Alert>
        ))}
      </Stack>
    </Section>
  )
}

function useWho(told: Explained): (cancel: Schema<'ExplainedCancel'>) => string {
  const { t } = useTranslation('explorer')
  const { apps, user } = useSession()
  return ({ by, person }) => {
    if (person?.name) return person.name
    if (by.appId) {
      const name = by.appId === told.event.appId ? told.appName : apps.find((a) => a.id === by.appId)?.name
      return t('cancels.app', { name: name ?? by.appId })
    }
    if (!by.userId) return t('cancels.nobody')
    return user && user.id === by.userId ? user.name : t('cancels.user', { id: by.userId })
  }
}
