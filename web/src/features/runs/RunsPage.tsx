import { Badge, Button, Skeleton, Stack } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '@/app/useLive'
import { useSite } from '@/app/useSite'
import { Empty } from '@/ui/Empty'
import { Newcomers } from '@/ui/Newcomers'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { useNewcomers } from '@/ui/useNewcomers'
import { runsKey, runsQuery } from './queries'
import { RunsFilters } from './RunsFilters'
import { RunsList } from './RunsList'

export const route = createLazyRoute('/signed/s/$site/runs')({ component: RunsPage })

/** How many pages are kept up to date; who has scrolled further asks for the newest. */
const livePages = 3

/** The runs of a site, newest first, as they happen. */
function RunsPage() {
  const { t } = useTranslation('runs')
  const { site } = useSite()
  const search = useSearch({ from: '/signed/s/$site/runs' })
  const runs = useInfiniteQuery(runsQuery(site, search))
  const pages = runs.data?.pages ?? []
  const paused = pages.length > livePages
  useLive({ site, kinds: ['activation'], keys: [[...runsKey(site), 'list']], paused })
  const list = pages.flatMap((p) => p.runs)
  const rows = useRef<HTMLDivElement>(null)
  const held = useNewcomers(
    list.map((run) => run.id),
    JSON.stringify([site, search]),
    rows,
  )
  const filtered = Object.keys(search).length > 0
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        !paused && runs.isSuccess ? (
          <Badge variant="dot" color="belay" size="lg" fw={500}>
            {t('live')}
          </Badge>
        ) : undefined
      }
    >
      <RunsFilters site={site} search={search} known={list} />
      {runs.isPending && <RowsSkeleton />}
      {runs.isError && !runs.data && <Problem error={runs.error} again={() => void runs.refetch()} />}
      {runs.data && list.length === 0 && !runs.hasNextPage && <Nothing filtered={filtered} site={site} />}
      <Newcomers {...held} />
      {list.length > 0 && (
        <div ref={rows}>
          <RunsList
            runs={list.slice(held.waiting)}
            more={runs.hasNextPage}
            loading={runs.isFetchingNextPage}
            onMore={() => void runs.fetchNextPage()}
          />
        </div>
      )}
      {runs.data && list.length === 0 && runs.hasNextPage && (
        <Empty title={t('none.title')} text={t('none.text')} icon={<IconHistory size={40} stroke={1.3} />}>
          <Button
            variant="default"
            loading={runs.isFetchingNextPage}
            onClick={() => void runs.fetchNextPage()}
          >
            {t('none.more')}
          </Button>
        </Empty>
      )}
    </Page>
  )
}

function RowsSkeleton() {
  return (
    <Stack gap={8} mt="md" aria-hidden>
      {[1, 2, 3, 4, 5, 6].map((n) => (
        <Skeleton key={n} h={72} radius="md" />
      ))}
    </Stack>
  )
}

function Nothing({ filtered, site }: { filtered: boolean; site: string }) {
  const { t } = useTranslation('runs')
  const icon = <IconHistory size={40} stroke={1.3} aria-hidden />
  if (filtered) return <Empty title={t('none.title')} text={t('none.text')} icon={icon} />
  return (
    <Empty title={t('empty.title')} text={t('empty.text')} icon={icon}>
      <Button component={Link} to={`/s/${site}/automations` as string} mt="sm">
        {t('empty.automations')}
      </Button>
    </Empty>
  )
}
