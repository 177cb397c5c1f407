import { Alert, Card, Skeleton, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { placeOf, useSession } from '@/app/session'
import { fromLocalInput } from '@/lib/timing'
import { Empty } from '@/ui/Empty'
import { Problem } from '@/ui/Problem'
import { AutomationCard } from './AutomationCard'
import { ordered, type Source, type TriggerRef } from './model'
import { Payload } from './Payload'
import { previewQuery } from './queries'

type Props = {
  siteId: string
  trigger: TriggerRef
  /** An automation that need not be kept; it alone is looked at. */
  automation?: object
}

/** Shows what would happen for a payload: on a page of its own, or beside an automation that is being made. */
export function PreviewPanel(props: Props) {
  // Its texts come with it, wherever it stands.
  return (
    <Suspense fallback={<Skeleton h={320} radius="md" />}>
      <Panel {...props} />
    </Suspense>
  )
}

function Panel({ siteId, trigger, automation }: Props) {
  const { t, i18n } = useTranslation(['preview', 'explorer'])
  const session = useSession()
  const place = placeOf(session, siteId, i18n.language)
  const [source, setSource] = useState<Source>('example')
  const [own, setOwn] = useState<Record<string, unknown>>()
  const [past, setPast] = useState<string>()
  const [when, setWhen] = useState('')
  const asked = useMemo(() => {
    const now = fromLocalInput(when, place.timeZone)?.toISOString()
    const about = { ...trigger, now, automation }
    if (source === 'own') return own && { ...about, payload: own }
    if (source === 'past')
      return past ? { ...about, triggerKey: trigger.triggerKey, eventId: past } : undefined
    return about
  }, [trigger, automation, source, own, past, when, place.timeZone])
  const [settled] = useDebouncedValue(asked, 300)
  const preview = useQuery(previewQuery(siteId, settled))
  const told = asked && preview.data
  return (
    <Stack gap="md">
      <Payload
        site={siteId}
        trigger={trigger}
        place={place}
        source={source}
        onSource={setSource}
        onOwn={setOwn}
        past={past}
        onPast={setPast}
        when={when}
        onWhen={setWhen}
      />
      {preview.isError && !told && <Problem error={preview.error} again={() => void preview.refetch()} />}
      {asked && !told && !preview.isError && <Skeleton h={240} radius="md" />}
      {told && told.payloadViolations.length > 0 && (
        <Alert color="yellow" title={t('breaks')} role="alert">
          {told.payloadViolations.map((v) => (
            <Text size="sm" key={v.field + (v.violatedRule ?? '')} style={{ overflowWrap: 'anywhere' }}>
              <Text span ff="monospace" size="xs">
                {v.field.replace(/^payload\.?/, '')}
              </Text>{' '}
              {v.description}
            </Text>
          ))}
        </Alert>
      )}
      {told && told.payloadViolations.length === 0 && (
        <Stack gap="md" aria-busy={preview.isFetching || undefined} aria-live="polite">
          {told.automations.length === 0 && (
            <Card withBorder>
              <Empty title={t('nobody.title')} text={t('nobody.text')} />
            </Card>
          )}
          {ordered(told.automations).map((one, i) => (
            <AutomationCard
              key={one.automationId ?? i}
              automation={one}
              place={place}
              alone={automation !== undefined}
            />
          ))}
          {told.more && (
            <Text size="sm" c="dimmed">
              {t('more')}
            </Text>
          )}
          {told.automations.length > 0 && (
            <Text size="sm" c="dimmed">
              {t('nothing')}
            </Text>
          )}
        </Stack>
      )}
    </Stack>
  )
}
