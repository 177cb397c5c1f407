import { Button, Group, SegmentedControl, Select, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconHistory, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '@/app/session'
import { useHere } from '@/app/useHere'
import { formatDay } from '@/lib/time'
import { Empty } from '@/ui/Empty'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import classes from './operator.module.css'
import { Entry } from './parts/Entry'
import { type AuditEntry, auditQuery } from './queries'
import { type AuditSearch, subjects } from './routes'

export const route = createLazyRoute('/signed/ops/audit')({ component: AuditPage })

const kinds: AuditEntry['kind'][] = [
  'AUTOMATION',
  'SITE',
  'INSTALLATION',
  'APP',
  'TRIGGER',
  'ACTION',
  'PREINSTALLED_AUTOMATION',
  'WEBHOOKS',
  'SIGNING_KEYS',
  'API_KEY',
  'USER',
  'SESSION',
  'PORTAL',
]

function AuditPage() {
  const { t } = useTranslation('operator')
  const search = useSearch({ from: '/signed/ops/audit' })
  const audit = useInfiniteQuery(auditQuery(search))
  const list = (audit.data?.pages.flatMap((page) => page.entries) ?? []).filter(
    (entry) => search.what !== 'changes' || entry.operation !== 'CANCELED',
  )
  const place = useHere()
  const narrowed = Object.values(search).some(Boolean)
  return (
    <Page title={t('audit')} about={t('auditAbout')}>
      <Filters search={search} />
      {audit.isError && <Problem error={audit.error} again={() => void audit.refetch()} />}
      {audit.isPending && (
        <Stack aria-busy gap="sm">
          {[1, 2, 3, 4, 5].map((n) => (
            <Skeleton key={n} h={62} radius="lg" />
          ))}
        </Stack>
      )}
      {audit.isSuccess && list.length === 0 && !audit.hasNextPage && (
        <Empty
          title={narrowed ? t('noEntryFound') : t('noEntries')}
          text={narrowed ? t('noEntryFoundText') : t('noEntriesText')}
          icon={<IconHistory size={40} stroke={1.3} aria-hidden />}
        />
      )}
      <Stack gap="lg">
        {byDay(list, (date) => formatDay(date, place)).map(([day, entries]) => (
          <section key={day}>
            <Text component="h2" size="sm" fw={600} c="dimmed" mb="xs">
              {day}
            </Text>
            <div className={classes.panel}>
              {entries.map((entry) => (
                <Entry key={entry.id} entry={entry} place={place} />
              ))}
            </div>
          </section>
        ))}
      </Stack>
      {audit.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={audit.isFetchingNextPage}
            onClick={() => void audit.fetchNextPage()}
          >
            {t('older')}
          </Button>
        </Group>
      )}
    </Page>
  )
}

function Filters({ search }: { search: AuditSearch }) {
  const { t } = useTranslation('operator')
  const navigate = useNavigate()
  const sites = useSession().sites
  const [who, setWho] = useState(search.who ?? '')
  const change = (part: AuditSearch) =>
    void navigate({ to: '/ops/audit', search: { ...search, ...part }, replace: true })
  const asked = useDebouncedCallback((value: string) => change({ who: value || undefined }), 300)
  return (
    <Group gap="sm" mb="lg" align="flex-end">
      <SegmentedControl
        aria-label={t('what')}
        value={search.what ?? 'all'}
        onChange={(value) =>
          change({
            what: subjects.find((s) => s === value && s !== 'all'),
            ...(value === 'cancels' && { kind: undefined }),
          })
        }
        data={subjects.map((value) => ({ value, label: t(`subjects.${value}`) }))}
      />
      <TextInput
        className={classes.filter}
        aria-label={t('who')}
        placeholder={t('who')}
        leftSection={<IconSearch size={16} />}
        value={who}
        onChange={(e) => {
          setWho(e.currentTarget.value)
          asked(e.currentTarget.value)
        }}
      />
      {search.what !== 'cancels' && (
        <Select
          className={classes.filter}
          aria-label={t('kindFilter')}
          placeholder={t('anyKind')}
          data={kinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
          value={search.kind ?? null}
          onChange={(kind) => change({ kind: kind ?? undefined })}
          clearable
        />
      )}
      {sites.length > 1 && (
        <Select
          className={classes.filter}
          aria-label={t('siteFilter')}
          placeholder={t('anySite')}
          data={sites.map((site) => ({ value: site.id, label: site.name }))}
          value={search.site ?? null}
          onChange={(site) => change({ site: site ?? undefined })}
          searchable
          clearable
        />
      )}
      <Select
        className={classes.filter}
        aria-label={t('since')}
        placeholder={t('anyTime')}
        data={[1, 7, 30].map((n) => ({ value: String(n), label: t('lastDays', { count: n }) }))}
        value={search.days ? String(search.days) : null}
        onChange={(days) => change({ days: days ? Number(days) : undefined })}
        clearable
      />
    </Group>
  )
}

/** Entries, newest first, under the days on which they happened. */
function byDay(list: AuditEntry[], day: (at: Date) => string): [string, AuditEntry[]][] {
  const days = new Map<string, AuditEntry[]>()
  for (const entry of list) {
    const name = day(new Date(entry.date))
    days.set(name, [...(days.get(name) ?? []), entry])
  }
  return [...days]
}
