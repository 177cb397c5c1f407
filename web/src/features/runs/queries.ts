import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, type Schema, siteApi } from '@/lib/api/client'

export type RunRow = Schema<'RunRow'>
export type RunTold = Schema<'RunToldResponse'>
export type Activation = Schema<'Activation'>
export type ActionRun = Schema<'ActivityAction'>
export type Attempt = Schema<'Attempt'>

export const runStates = ['OPEN', 'DONE', 'FAILED', 'CANCELED', 'SKIPPED'] as const
export type RunState = (typeof runStates)[number]

/** What a list of runs is narrowed to; it stands in the page's address. */
export type RunsSearch = { state?: RunState; automation?: string; entity?: string; search?: string }

export function searchOf(given: Record<string, unknown>): RunsSearch {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  const state = runStates.find((s) => s === given.state)
  const search: RunsSearch = {
    state,
    automation: text(given.automation),
    entity: text(given.entity),
    // A number in the address is read as one.
    search: typeof given.search === 'number' ? String(given.search) : text(given.search),
  }
  return Object.fromEntries(Object.entries(search).filter(([, v]) => v !== undefined))
}

/** Keys of everything about a site's runs. */
export const runsKey = (site: string) => ['runs', site] as const

export function runsQuery(site: string, search: RunsSearch) {
  return infiniteQueryOptions({
    queryKey: [...runsKey(site), 'list', search],
    queryFn: ({ pageParam }) =>
      ask(
        siteApi(site).GET('/belay/v1/runs', {
          params: {
            query: {
              limit: 50,
              cursor: pageParam || undefined,
              state: search.state,
              automationId: search.automation,
              externalEntityId: search.entity,
              search: search.search,
            },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => (last.pagingMetadata.hasNext ? last.pagingMetadata.cursors.next : undefined),
  })
}

export function runQuery(site: string, id: string) {
  return queryOptions({
    queryKey: [...runsKey(site), 'one', id],
    queryFn: () =>
      ask(
        siteApi(site).GET('/belay/v1/activations/{activationId}/run', {
          params: { path: { activationId: id } },
        }),
      ),
  })
}

/** The names of a site's automations, for a choice of one. */
export function automationNamesQuery(site: string) {
  return queryOptions({
    queryKey: ['automation-names', site],
    queryFn: () =>
      ask(
        siteApi(site).GET('/belay/v1/automation-cards', { params: { query: { sort: 'NAME', limit: 200 } } }),
      ),
    select: ({ cards }) => cards.filter((c) => !c.draft).map((c) => ({ value: c.id, label: c.name })),
    staleTime: 60_000,
  })
}
