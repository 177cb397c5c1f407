import { ActionIcon, Button, Group, Skeleton, Text, TextInput, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBuildingStore, IconPencil, IconPlus, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '@/ui/Empty'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { formatCount } from './model/amount'
import classes from './operator.module.css'
import { SiteForm } from './parts/SiteForm'
import { type Site, sitesQuery, statsQuery } from './queries'

export const route = createLazyRoute('/signed/ops/sites')({ component: SitesPage })

function SitesPage() {
  const { t } = useTranslation('operator')
  const sites = useInfiniteQuery(sitesQuery)
  const stats = useQuery(statsQuery(60)).data
  const [search, setSearch] = useState('')
  const [making, make] = useDisclosure(false)
  const [edited, edit] = useState<Site>()
  const all = sites.data?.pages.flatMap((page) => page.sites) ?? []
  const word = search.trim().toLowerCase()
  const found = all.filter((site) => site.name.toLowerCase().includes(word) || site.id.startsWith(word))
  const events = new Map(stats?.sites.map((site) => [site.id, Number(site.events)]))
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={make.open}>
      {t('newSite')}
    </Button>
  )
  return (
    <Page title={t('sites')} about={t('sitesAbout')} actions={button}>
      {sites.isError && <Problem error={sites.error} again={() => void sites.refetch()} />}
      {sites.isPending && <Skeleton h={240} radius="lg" aria-busy />}
      {sites.isSuccess && all.length === 0 && (
        <Empty
          title={t('noSites')}
          text={t('noSitesText')}
          icon={<IconBuildingStore size={40} stroke={1.3} aria-hidden />}
        >
          {button}
        </Empty>
      )}
      {all.length > 0 && (
        <>
          <TextInput
            aria-label={t('searchSites')}
            placeholder={t('searchSites')}
            leftSection={<IconSearch size={16} />}
            value={search}
            onChange={(e) => setSearch(e.currentTarget.value)}
            mb="md"
            maw={360}
          />
          <div className={classes.panel}>
            {found.map((site) => (
              <Row
                key={site.id}
                site={site}
                events={events.get(site.id)}
                serverDays={stats?.retentionDays}
                onEdit={() => edit(site)}
              />
            ))}
            {found.length === 0 && <Text c="dimmed">{t('noSiteFound')}</Text>}
          </div>
        </>
      )}
      {sites.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={sites.isFetchingNextPage}
            onClick={() => void sites.fetchNextPage()}
          >
            {t('more')}
          </Button>
        </Group>
      )}
      <SiteForm opened={making} onClose={make.close} />
      <SiteForm key={edited?.id} site={edited} opened={!!edited} onClose={() => edit(undefined)} />
    </Page>
  )
}

type RowProps = { site: Site; events: number | undefined; serverDays: number | undefined; onEdit: () => void }

function Row({ site, events, serverDays, onEdit }: RowProps) {
  const { t, i18n } = useTranslation('operator')
  return (
    <div className={classes.row}>
      <div>
        <Text fw={600} truncate>
          {site.name}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {site.timeZone} · {site.locale}
        </Text>
      </div>
      <Text size="sm" c="dimmed">
        {keptFor(site, serverDays, t)}
      </Text>
      <Text size="sm" c="dimmed">
        {events === undefined
          ? ''
          : t('eventsLately', { count: events, told: formatCount(events, i18n.language) })}
      </Text>
      <Group gap="xs" wrap="nowrap" justify="flex-end">
        <Tooltip label={t('editSite')}>
          <ActionIcon
            variant="subtle"
            size="lg"
            aria-label={t('editNamed', { name: site.name })}
            onClick={onEdit}
          >
            <IconPencil size={18} />
          </ActionIcon>
        </Tooltip>
        <Button
          variant="default"
          size="xs"
          aria-label={t('openNamed', { name: site.name })}
          renderRoot={(props) => <Link to="/s/$site/automations" params={{ site: site.id }} {...props} />}
        >
          {t('open')}
        </Button>
      </Group>
    </div>
  )
}

function keptFor(
  site: Site,
  serverDays: number | undefined,
  t: ReturnType<typeof useTranslation<'operator'>>['t'],
): string {
  const days = site.retentionDays ?? serverDays
  if (days === undefined) return ''
  if (days < 0) return t('keptForEver')
  return t(site.retentionDays ? 'keptDays' : 'keptServerDays', { count: days })
}
