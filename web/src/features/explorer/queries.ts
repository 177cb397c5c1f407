import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, appApi, ask, type Schema, siteApi } from '@/lib/api/client'
import { ApiError } from '@/lib/api/error'
import { allSites, type Filters, queryOf } from './model/filters'

export type Event = Schema<'Event'>
export type Explained = Schema<'EventExplainedResponse'>
export type Trigger = Schema<'CatalogTrigger'>

/** Events of a site or of all, newest first; of an app where somebody has to say of which. */
export const eventsQuery = (site: string, filters: Filters, app?: string) =>
  infiniteQueryOptions({
    queryKey: ['events', site, queryOf(filters), app],
    queryFn: ({ pageParam }) =>
      ask(
        apiOf(site, app).GET('/belay/v1/events', {
          params: { query: queryOf(filters, pageParam || undefined) },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.pagingMetadata.cursors.next,
    enabled: site !== '',
  })

/** The API on a site, or without one. */
function apiOf(site: string, app: string | undefined) {
  return site === allSites ? appApi(app) : siteApi(site, app)
}

/** All there is to say of an event. Whoever develops several apps need not know of which of them it is. */
export const explainedQuery = (site: string, id: string, apps: readonly string[] = []) =>
  queryOptions({
    queryKey: ['event', site, id],
    queryFn: async () => {
      const read = (app?: string) =>
        ask(
          siteApi(site, app).GET('/belay/v1/events/{eventId}/explained', {
            params: { path: { eventId: id } },
          }),
        )
      for (const app of apps.slice(0, -1)) {
        try {
          return await read(app)
        } catch (thrown) {
          if (!(thrown instanceof ApiError) || ![403, 404].includes(thrown.status)) throw thrown
        }
      }
      return read(apps.at(-1))
    },
  })

/** The triggers that events can be reported under on a site, or were on any. */
export const triggersQuery = (site: string, app?: string) =>
  queryOptions({
    queryKey: ['reportable', site, app],
    queryFn: async () => {
      const body = { query: { paging: { limit: 100 } } }
      const answer = await ask(
        site === allSites
          ? appApi(app).POST('/trigger-catalog-service/v1/triggers/query', { body })
          : siteApi(site, app).POST('/trigger-catalog-service/v1/triggers/resolve', { body }),
      )
      // Belay's own triggers are not reported: each automation of them is called by itself.
      return answer.results.filter((t) => t.payloadDataSchema !== undefined && t.appId !== builtInApp)
    },
    staleTime: 30_000,
    enabled: site !== '',
  })

/** The app of the triggers that Belay has itself. */
const builtInApp = 'be1a7000-0000-4000-8000-000000000001'

/** The public keys of an app. */
export const keySetQuery = (app: string) =>
  queryOptions({
    queryKey: ['jwks', app],
    queryFn: () => ask(api.GET('/belay/v1/apps/{appId}/jwks.json', { params: { path: { appId: app } } })),
    enabled: app !== '',
  })
