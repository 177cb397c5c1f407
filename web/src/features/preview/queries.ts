import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask, type Schema, siteApi } from '@/lib/api/client'
import type { TriggerRef } from './model'

type Asked = Schema<'PreviewRequest'>

/** What a report would do; asking does none of it. */
export const previewQuery = (site: string, asked: Asked | undefined) =>
  queryOptions({
    queryKey: ['preview', site, asked],
    queryFn: ({ signal }) =>
      ask(siteApi(site).POST('/belay/v1/events/preview', { body: asked ?? {}, signal })),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  })

/** The triggers that a site's automations can use. */
export const triggersQuery = (site: string) =>
  queryOptions({
    queryKey: ['preview', site, 'triggers'],
    queryFn: async ({ signal }) => {
      const answer = await ask(
        siteApi(site).POST('/trigger-catalog-service/v1/triggers/resolve', {
          body: { query: { paging: { limit: 100 } } },
          signal,
        }),
      )
      return answer.results
    },
    staleTime: 60_000,
  })

/** What happened under a trigger lately. */
export const pastQuery = (site: string, trigger: TriggerRef) =>
  queryOptions({
    queryKey: ['preview', site, 'past', trigger],
    queryFn: async ({ signal }) => {
      const answer = await ask(
        siteApi(site).GET('/belay/v1/events', { params: { query: { ...trigger, limit: 25 } }, signal }),
      )
      return answer.events
    },
  })
