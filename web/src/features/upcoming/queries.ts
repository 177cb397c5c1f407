import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type Api, ask, type Schema, siteApi } from '@/lib/api/client'
import { type Look, queryOf, type Upcoming } from './model'

/** What waits on a site, page by page. */
export const upcomingQuery = (site: string, look: Look, timeZone: string) => {
  const query = queryOf(look, timeZone)
  return infiniteQueryOptions({
    queryKey: ['upcoming', site, 'list', query],
    queryFn: ({ pageParam, signal }) =>
      ask(
        siteApi(site).GET('/belay/v1/upcoming', {
          params: { query: { ...query, limit: 100, cursor: pageParam || undefined } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.pagingMetadata.cursors.next,
    placeholderData: keepPreviousData,
  })
}

/** How much waits on each day of a month. */
export const daysQuery = (site: string, look: Look, month: string) => {
  const { from: _from, to: _to, ...query } = queryOf({ ...look, day: undefined }, 'UTC')
  return queryOptions({
    queryKey: ['upcoming', site, 'days', month, query],
    queryFn: ({ signal }) =>
      ask(siteApi(site).GET('/belay/v1/upcoming/days', { params: { query: { ...query, month } }, signal })),
    placeholderData: keepPreviousData,
  })
}

/** Everything that waits about one thing, under one trigger: what a cancel of it calls off. */
export const lostQuery = (site: string, item: Upcoming) =>
  queryOptions({
    queryKey: ['upcoming', site, 'lost', item.appId, item.triggerKey, item.externalEntityId],
    queryFn: ({ signal }) =>
      ask(
        siteApi(site).GET('/belay/v1/upcoming', {
          params: {
            query: {
              appId: item.appId,
              triggerKey: item.triggerKey,
              externalEntityId: item.externalEntityId,
              limit: 100,
            },
          },
          signal,
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  })

type Choice = { value: string; label: string }

/** The automations and triggers that one can choose from. */
export const choicesQuery = (site: string) =>
  queryOptions({
    queryKey: ['upcoming', site, 'choices'],
    queryFn: async ({ signal }): Promise<{ automations: Choice[]; triggers: Choice[] }> => {
      const api = siteApi(site)
      const [cards, triggers] = await Promise.all([
        ask(
          api.GET('/belay/v1/automation-cards', { params: { query: { limit: 100, sort: 'NAME' } }, signal }),
        ),
        ask(
          api.POST('/trigger-catalog-service/v1/triggers/resolve', {
            body: { query: { paging: { limit: 100 } } },
            signal,
          }),
        ),
      ])
      return {
        automations: cards.cards.filter((c) => !c.draft).map((c) => ({ value: c.id, label: c.name || c.id })),
        triggers: triggers.results.map((x) => ({
          value: `${x.appId}/${x.triggerKey}`,
          label: x.displayName,
        })),
      }
    },
    staleTime: 60_000,
  })

/** Has what an activation waits for go on at once. */
export function runNow(api: Api, item: Upcoming): Promise<Schema<'HurriedResponse'>> {
  return ask(
    api.POST('/belay/v1/activations/{activationId}/run-now', {
      params: { path: { activationId: item.activationId } },
    }),
  )
}

/** Leaves out what an activation does next. */
export function skip(api: Api, item: Upcoming): Promise<Schema<'SkippedResponse'>> {
  return ask(
    api.POST('/belay/v1/activations/{activationId}/skip', {
      params: { path: { activationId: item.activationId } },
    }),
  )
}

/** Calls off everything about one thing, under one trigger. */
export function cancelAll(api: Api, item: Upcoming): Promise<Schema<'Canceled'>> {
  return ask(
    api.POST('/automations/v1/events/cancel', {
      body: {
        triggerKey: item.triggerKey,
        appId: item.appId,
        externalEntityId: item.externalEntityId ?? '',
      },
    }),
  )
}
