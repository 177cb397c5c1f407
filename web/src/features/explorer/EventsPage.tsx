import {
  Box,
  Button,
  Card,
  Group,
  Select,
  SimpleGrid,
  Skeleton,
  Switch,
  Text,
  TextInput,
} from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconBroadcast, IconPlus, IconShieldCheck } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { actingApp, appChoices, keepActingApp } from '@/app/actingApp'
import { isDeveloper, placeOf, type Session, useSession } from '@/app/session'
import { useLive } from '@/app/useLive'
import { aboutPayload } from '@/lib/about'
import type { JsonSchema } from '@/lib/schema/schema'
import { Empty } from '@/ui/Empty'
import { More } from '@/ui/More'
import { Newcomers } from '@/ui/Newcomers'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { useNewcomers } from '@/ui/useNewcomers'
import { useSmall } from '@/ui/useSmall'
import { When } from '@/ui/When'
import classes from './EventsPage.module.css'
import { allSites, type Filters, filtered, statuses, triggerOf } from './model/filters'
import { ReportDrawer } from './parts/ReportDrawer'
import { type Event, eventsQuery, type Trigger, triggersQuery } from './queries'
import { eventsRoute } from './routes'

export const route = createLazyRoute('/signed/dev/events')({ component: EventsPage })

function EventsPage() {
  const { t } = useTranslation('explorer')
  const session = useSession()
  const filters = eventsRoute.useSearch()
  const navigate = useNavigate({ from: '/dev/events' })
  const [live, setLive] = useState(true)
  const site = siteOf(filters, session)
  const app = actingApp(session, filters.app ?? triggerOf(filters.trigger)?.appId)
  const triggers = useQuery(triggersQuery(site, app)).data ?? []
  const events = useInfiniteQuery(eventsQuery(site, filters, app))
  useLive({
    site: site === allSites ? undefined : site,
    appId: app,
    kinds: ['event', 'activation'],
    keys: [['events', site]],
    paused: !live || !site,
  })

  const change = (next: Filters) => {
    if (next.app) keepActingApp(next.app)
    if (next.site) sessionStorage.setItem(everywhereKey, next.site === allSites ? 'yes' : '')
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true })
  }

  if (session.sites.length === 0) {
    return (
      <Page title={t('title')} about={t('about')}>
        <Empty title={t('list.noSite')} text={t('list.noSiteText')} />
      </Page>
    )
  }
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconShieldCheck size={16} />}
            renderRoot={(props) => <Link to="/dev/signature" {...props} />}
          >
            {t('check')}
          </Button>
          <Button
            leftSection={<IconPlus size={16} />}
            onClick={() => change({ report: filters.trigger ?? 'any' })}
          >
            {t('report')}
          </Button>
        </>
      }
    >
      <FilterBar
        filters={filters}
        site={site}
        app={app}
        triggers={triggers}
        onChange={change}
        live={live}
        onLive={setLive}
      />
      {events.isError && !events.data ? (
        <Problem error={events.error} again={() => void events.refetch()} />
      ) : (
        <EventList
          events={events.data?.pages.flatMap((p) => p.events)}
          of={JSON.stringify([site, filters])}
          triggers={triggers}
          everywhere={site === allSites}
          filtered={filtered(filters)}
          more={events.hasNextPage}
          loadingMore={events.isFetchingNextPage}
          onMore={() => void events.fetchNextPage()}
          onReport={() => change({ report: 'any' })}
        />
      )}
      <ReportDrawer
        site={site}
        begin={filters.report === 'any' ? undefined : filters.report}
        opened={filters.report !== undefined}
        onClose={() => change({ report: undefined })}
      />
    </Page>
  )
}

/** Notes that all sites were looked at last. */
const everywhereKey = 'belay.events.everywhere'

/** What the address says, else all sites or the site that was looked at last, or the first. */
function siteOf(filters: Filters, session: Session): string {
  if (filters.site) return filters.site
  if (sessionStorage.getItem(everywhereKey) && isDeveloper(session)) return allSites
  const last = sessionStorage.getItem('belay.site')
  return (session.sites.find((one) => one.id === last) ?? session.sites[0])?.id ?? ''
}

type BarProps = {
  filters: Filters
  site: string
  /** Of which app, where somebody has to say. */
  app: string | undefined
  triggers: Trigger[]
  onChange: (next: Filters) => void
  live: boolean
  onLive: (live: boolean) => void
}

function FilterBar({ filters, site, app, triggers, onChange, live, onLive }: BarProps) {
  const { t } = useTranslation('explorer')
  const session = useSession()
  const { sites } = session
  const [entity, setEntity] = useState(filters.entity ?? '')
  const [key, setKey] = useState(filters.key ?? '')
  const later = useDebouncedCallback(onChange, 300)
  const small = useSmall()
  const seldom = (
    <>
      <Select
        label={t('filter.status')}
        placeholder={t('filter.anyStatus')}
        data={statuses.map((s) => ({ value: s, label: t(`status.${s}`) }))}
        value={filters.status ?? null}
        onChange={(value) => onChange({ status: (value as Filters['status']) ?? undefined })}
        clearable
      />
      <TextInput
        label={t('filter.entity')}
        placeholder={filters.trigger ? undefined : t('filter.entityHint')}
        disabled={!filters.trigger}
        value={entity}
        onChange={(e) => {
          setEntity(e.currentTarget.value)
          later({ entity: e.currentTarget.value || undefined })
        }}
      />
      <TextInput
        label={t('filter.key')}
        value={key}
        onChange={(e) => {
          setKey(e.currentTarget.value)
          later({ key: e.currentTarget.value || undefined })
        }}
      />
    </>
  )
  return (
    <Card withBorder mb="md" p="sm">
      <SimpleGrid
        cols={{ base: 2, md: 4 + Number(sites.length > 1) + Number(app !== undefined) }}
        spacing="sm"
      >
        {sites.length > 1 && (
          <Select
            label={t('site')}
            data={[
              ...(isDeveloper(session) ? [{ value: allSites, label: t('allSites') }] : []),
              ...sites.map((s) => ({ value: s.id, label: s.name })),
            ]}
            value={site}
            onChange={(id) => id && onChange({ site: id, trigger: undefined, entity: undefined })}
            allowDeselect={false}
            searchable={sites.length > 8}
            limit={100}
          />
        )}
        {app && (
          <Select
            label={t('filter.app')}
            data={appChoices(session).map((one) => ({ value: one.id, label: one.name }))}
            value={app}
            onChange={(id) => id && onChange({ app: id, trigger: undefined, entity: undefined })}
            allowDeselect={false}
          />
        )}
        <Select
          label={t('filter.trigger')}
          placeholder={t('filter.anyTrigger')}
          data={triggers.map((one) => ({ value: `${one.appId}/${one.triggerKey}`, label: one.displayName }))}
          value={filters.trigger ?? null}
          onChange={(value) => onChange({ trigger: value ?? undefined })}
          clearable
          searchable
        />
        {!small && seldom}
      </SimpleGrid>
      {small && (
        <Box mt="xs">
          <More label={t('filter.more')} open={Boolean(filters.status ?? filters.entity ?? filters.key)}>
            <SimpleGrid cols={2} spacing="sm">
              {seldom}
            </SimpleGrid>
          </More>
        </Box>
      )}
      <Group justify="space-between" mt="sm">
        <Switch
          label={
            <Group gap={6} component="span">
              <IconBroadcast size={14} aria-hidden />
              {live ? t('live') : t('paused')}
            </Group>
          }
          checked={live}
          onChange={(e) => onLive(e.currentTarget.checked)}
          size="xs"
        />
        {filtered(filters) && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => {
              setEntity('')
              setKey('')
              onChange({ trigger: undefined, status: undefined, entity: undefined, key: undefined })
            }}
          >
            {t('filter.clear')}
          </Button>
        )}
      </Group>
    </Card>
  )
}

type ListProps = {
  events: Event[] | undefined
  /** Names the list: another site or filter is another one. */
  of: string
  triggers: Trigger[]
  everywhere: boolean
  filtered: boolean
  more: boolean
  loadingMore: boolean
  onMore: () => void
  onReport: () => void
}

function EventList({
  events,
  of,
  triggers,
  everywhere,
  filtered,
  more,
  loadingMore,
  onMore,
  onReport,
}: ListProps) {
  const { t } = useTranslation('explorer')
  const rows = useRef<HTMLDivElement>(null)
  const held = useNewcomers(events?.map((one) => one.id) ?? [], of, rows)
  if (!events) {
    return (
      <Card withBorder p={0} aria-busy>
        {[1, 2, 3, 4, 5, 6].map((n) => (
          <Skeleton key={n} h={20} m="md" />
        ))}
      </Card>
    )
  }
  if (events.length === 0 && !more) {
    return filtered ? (
      <Empty title={t('list.noMatch')} />
    ) : (
      <Empty
        title={t('list.empty')}
        text={t('list.emptyText')}
        icon={<IconBroadcast size={40} stroke={1.3} />}
      >
        <Button onClick={onReport}>{t('report')}</Button>
      </Empty>
    )
  }
  const known = new Map(triggers.map((one) => [`${one.appId}/${one.triggerKey}`, one]))
  return (
    <>
      {events.length === 0 && (
        <Text c="dimmed" mb="sm">
          {t('list.searchedOn')}
        </Text>
      )}
      <Newcomers {...held} />
      {events.length > 0 && (
        <Card withBorder p={0} component="section" aria-label={t('list.label')} ref={rows}>
          {events.slice(held.waiting).map((event) => (
            <Row
              key={event.id}
              event={event}
              trigger={known.get(`${event.appId}/${event.triggerKey}`)}
              everywhere={everywhere}
            />
          ))}
        </Card>
      )}
      {more && (
        <Group justify="center" mt="md">
          <Button variant="default" onClick={onMore} loading={loadingMore}>
            {t('list.more')}
          </Button>
        </Group>
      )}
    </>
  )
}

function Row({ event, trigger, everywhere }: { event: Event; trigger?: Trigger; everywhere: boolean }) {
  const { t, i18n } = useTranslation('explorer')
  const session = useSession()
  const site = event.siteId
  const place = placeOf(session, site, i18n.language)
  const runs = event.activationIds.length
  const about = aboutPayload(event.payload, trigger?.payloadDataSchema as JsonSchema | undefined)
  return (
    <Link to="/dev/events/$site/$id" params={{ site, id: event.id }} className={classes.row} preload={false}>
      <div>
        <Text fw={600} truncate dir="auto" className="name-of">
          {trigger?.displayName ?? event.triggerKey}
        </Text>
        {about ? (
          <Text size="sm" c="dimmed" truncate>
            {about}
          </Text>
        ) : (
          <Text c="dimmed" className={classes.mono} truncate>
            {event.triggerKey}
          </Text>
        )}
        {everywhere && (
          <Text size="xs" truncate>
            {session.sites.find((one) => one.id === site)?.name ?? site}
          </Text>
        )}
      </div>
      <div className={classes.wide}>
        <Text className={classes.mono} truncate>
          {event.externalEntityId ?? '–'}
        </Text>
        {event.idempotencyKey && (
          <Text c="dimmed" className={classes.mono} truncate>
            {event.idempotencyKey}
          </Text>
        )}
      </div>
      <Text size="sm" c={runs ? undefined : 'dimmed'} className={classes.wide}>
        {runs ? t('list.runs', { count: runs }) : t('list.none')}
      </Text>
      <div className={classes.end}>
        <Text size="sm">
          <When at={event.reportedDate} place={place} />
        </Text>
        {event.takesPlaceDate && (
          <Text size="xs" c="dimmed">
            {t('list.takesPlace')} <When at={event.takesPlaceDate} place={place} />
          </Text>
        )}
      </div>
    </Link>
  )
}
