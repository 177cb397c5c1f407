import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, ask, type Schema, siteApi } from '@/lib/api/client'
import type { AuditSearch } from './routes'

export type Stats = Schema<'Stats'>
export type Site = Schema<'Site'>
export type AuditEntry = Schema<'AuditEntry'>

/** How often the figures are asked for: as often as the server samples them. */
const everyTenSeconds = 10_000

export const statsQuery = (minutes: number) =>
  queryOptions({
    queryKey: ['stats', minutes],
    queryFn: () => ask(api.GET('/belay/v1/stats', { params: { query: { minutes } } })),
    refetchInterval: everyTenSeconds,
    placeholderData: (before) => before,
  })

export const nodesQuery = queryOptions({
  queryKey: ['nodes'],
  queryFn: () => ask(api.GET('/belay/v1/nodes')),
  refetchInterval: everyTenSeconds,
})

export const sitesQuery = infiniteQueryOptions({
  queryKey: ['sites'],
  queryFn: ({ pageParam }) =>
    ask(
      api.GET('/belay/v1/sites', {
        params: { query: { limit: 200, ...(pageParam && { cursor: pageParam }) } },
      }),
    ),
  initialPageParam: '',
  getNextPageParam: (page) => page.pagingMetadata.cursors.next,
})

type AuditQuery = NonNullable<Parameters<typeof auditCall>[0]>

function auditCall(query: {
  siteId?: string
  actor?: string
  operation?: AuditEntry['operation']
  kind?: AuditEntry['kind']
  since?: string
  cursor?: string
}) {
  return ask(api.GET('/belay/v1/audit', { params: { query: { ...query, limit: 50 } } }))
}

/** What is asked of the server for what is asked on the page. */
export function auditAsked(search: AuditSearch, now: Date): AuditQuery {
  return {
    siteId: search.site,
    actor: search.who || undefined,
    kind: search.kind as AuditEntry['kind'] | undefined,
    operation: search.what === 'cancels' ? 'CANCELED' : undefined,
    since: search.days ? new Date(now.getTime() - search.days * 86_400_000).toISOString() : undefined,
  }
}

export const auditQuery = (search: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ['audit', search],
    queryFn: ({ pageParam }) =>
      auditCall({ ...auditAsked(search, new Date()), ...(pageParam && { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: (page) => page.pagingMetadata.cursors.next,
  })

/** An automation of a site as it was at a revision. */
export const revisionQuery = (site: string, automation: string, revision: string) =>
  queryOptions({
    queryKey: ['revision', site, automation, revision],
    queryFn: () =>
      ask(
        siteApi(site).GET('/automations-service/v1/automation-revisions/{automationId}', {
          params: { path: { automationId: automation }, query: { revision } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  })
