import { Alert, Button, Card, Group, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle, IconBan, IconCalendarTime, IconCheck, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { actingApp, appChoices } from '@/app/actingApp'
import { placeOf, useSession } from '@/app/session'
import { useLive } from '@/app/useLive'
import type { Place } from '@/lib/time'
import { Back } from '@/ui/Back'
import { CopyButton } from '@/ui/CopyButton'
import { Source } from '@/ui/code/Source'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { When } from '@/ui/When'
import classes from './EventsPage.module.css'
import { CancelEntity } from './parts/CancelEntity'
import { Cancels } from './parts/Cancels'
import { ReportDrawer } from './parts/ReportDrawer'
import { Runs } from './parts/Runs'
import { Section } from './parts/Section'
import { Snippets } from './parts/Snippets'
import { Why } from './parts/Why'
import { type Explained, explainedQuery } from './queries'
import { eventRoute } from './routes'

export const route = createLazyRoute('/signed/dev/events/$site/$id')({ component: EventPage })

function EventPage() {
  const { t, i18n } = useTranslation('explorer')
  const { site, id } = eventRoute.useParams()
  const session = useSession()
  const place = placeOf(session, site, i18n.language)
  const [reporting, report] = useDisclosure(false)
  const [canceling, cancel] = useDisclosure(false)
  const apps = appChoices(session).map((one) => one.id)
  const found = useQuery(explainedQuery(site, id, apps))
  const ids = found.data?.event.activationIds ?? []
  useLive({
    site,
    appId: apps.length > 0 ? (found.data?.event.appId ?? actingApp(session)) : undefined,
    kinds: ['activation'],
    keys: [['event', site, id]],
    concerns: (message) => ids.includes(message.id ?? ''),
  })
  const told = found.data
  if (!told) {
    return (
      <Page
        back={
          <Back to="/dev/events" search={{ site: undefined }}>
            {t('event.back')}
          </Back>
        }
        title={t('title')}
      >
        {found.isError ? (
          <Problem error={found.error} again={() => void found.refetch()} />
        ) : (
          <Stack aria-busy>
            <Skeleton h={120} />
            <Skeleton h={200} />
            <Skeleton h={200} />
          </Stack>
        )}
      </Page>
    )
  }
  const { event } = told
  return (
    <Page
      back={
        <Back to="/dev/events" search={{ site: undefined }}>
          {t('event.back')}
        </Back>
      }
      title={told.trigger?.displayName ?? event.triggerKey}
      about={<Subtitle told={told} place={place} />}
      actions={
        <>
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={report.open}>
            {t('event.again')}
          </Button>
          {event.externalEntityId && told.activations.some((a) => !a.endedDate) && (
            <Button
              variant="default"
              leftSection={<IconCalendarTime size={16} />}
              renderRoot={(props) => (
                <Link
                  to="/s/$site/upcoming"
                  params={{ site }}
                  search={{
                    entity: event.externalEntityId,
                    app: event.appId,
                    trigger: event.triggerKey,
                  }}
                  {...props}
                />
              )}
            >
              {t('event.upcoming')}
            </Button>
          )}
          {event.externalEntityId && (
            <Button variant="default" leftSection={<IconBan size={16} />} onClick={cancel.open}>
              {t('event.cancel')}
            </Button>
          )}
        </>
      }
    >
      <Stack gap="lg">
        <Facts told={told} place={place} />
        <Why told={told} site={site} />
        <Cancels told={told} place={place} />
        <Runs told={told} place={place} />
        <PayloadOf told={told} />
        <Snippets
          calls={[
            {
              kind: 'report',
              url: window.location.origin,
              site,
              app: event.appId,
              trigger: event.triggerKey,
              entity: event.externalEntityId ?? '',
              idempotencyKey: event.idempotencyKey ?? '',
              payload: event.payload,
            },
            ...(event.externalEntityId
              ? [
                  {
                    kind: 'cancel' as const,
                    url: window.location.origin,
                    site,
                    app: event.appId,
                    trigger: event.triggerKey,
                    entity: event.externalEntityId,
                  },
                ]
              : []),
          ]}
        />
      </Stack>
      <ReportDrawer
        site={site}
        begin={`${event.appId}/${event.triggerKey}`}
        payload={event.payload}
        entity={event.externalEntityId}
        opened={reporting}
        onClose={report.close}
      />
      <CancelEntity told={told} site={site} place={place} opened={canceling} onClose={cancel.close} />
    </Page>
  )
}

function Subtitle({ told, place }: { told: Explained; place: Place }) {
  const { t } = useTranslation('explorer')
  const { event } = told
  const cause = event.cause === 'EVENT' ? undefined : t(`event.cause.${event.cause}`)
  return (
    <Group gap={6} component="span">
      <span>
        {t('event.reported')} <When at={event.reportedDate} place={place} />
      </span>
      {cause && <span>· {cause}</span>}
    </Group>
  )
}

function Facts({ told, place }: { told: Explained; place: Place }) {
  const { t } = useTranslation('explorer')
  const { event } = told
  return (
    <Card withBorder>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md" component="dl" m={0}>
        <Fact name={t('event.reported')}>
          <When at={event.reportedDate} place={place} exact />
        </Fact>
        {event.takesPlaceDate && (
          <Fact name={t('event.takesPlace')}>
            <When at={event.takesPlaceDate} place={place} exact />
          </Fact>
        )}
        <Fact name={t('event.app')}>{told.appName ?? event.appId}</Fact>
        <Fact name={t('event.trigger')} copy={event.triggerKey} />
        <Fact name={t('event.entity')} copy={event.externalEntityId} />
        <Fact name={t('event.key')} copy={event.idempotencyKey} />
        <Fact name={t('event.id')} copy={event.id} />
        <Fact name={t('event.request')} copy={event.requestId} />
      </SimpleGrid>
    </Card>
  )
}

function Fact({ name, copy, children }: { name: string; copy?: string; children?: ReactNode }) {
  if (!copy && !children) return null
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Group component="dd" m={0} gap={4} wrap="nowrap">
        {copy ? (
          <>
            <Text className={classes.mono} truncate title={copy} dir="ltr">
              {copy}
            </Text>
            <CopyButton value={copy} label={name} />
          </>
        ) : (
          <Text size="sm">{children}</Text>
        )}
      </Group>
    </div>
  )
}

function PayloadOf({ told }: { told: Explained }) {
  const { t } = useTranslation('explorer')
  const { schema, trigger } = told
  const good = schema.result === 'OBEYS'
  return (
    <Section title={t('payload.title')}>
      {good && !trigger?.changedSince ? (
        <Group gap={6} mb="xs" c="light-dark(var(--mantine-color-belay-7), var(--mantine-color-belay-3))">
          <IconCheck size={16} aria-hidden />
          <Text size="sm">{t('payload.OBEYS')}</Text>
        </Group>
      ) : (
        <Alert
          variant="light"
          color={schema.result === 'BREAKS' ? 'yellow' : 'gray'}
          icon={<IconAlertTriangle />}
          title={t(`payload.${schema.result}`)}
          mb="sm"
        >
          {schema.violations.map((v) => (
            <Text key={v.field + v.violatedRule} size="sm">
              <Text span className={classes.mono}>
                {v.field}
              </Text>{' '}
              {v.description}
            </Text>
          ))}
          {trigger?.changedSince && <Text size="sm">{t('payload.changed')}</Text>}
          {!trigger && <Text size="sm">{t('event.gone')}</Text>}
        </Alert>
      )}
      <Source value={told.event.payload} label={t('payload.title')} />
    </Section>
  )
}
