import { infiniteQueryOptions } from '@tanstack/react-query'
import { type Api, ask, type Schema } from '@/lib/api/client'
import type { Card } from './cards'

export type Version = Schema<'AutomationVersion'>

/** What an automation was before, newest first. */
export function versionsQuery(api: Api, site: string, card: Card) {
  return infiniteQueryOptions({
    queryKey: ['automations', site, 'versions', card.id, card.revision] as const,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/belay/v1/automation-cards/{automationId}/versions', {
          params: { path: { automationId: card.id }, query: pageParam ? { before: pageParam } : {} },
          signal,
        }),
      ),
    getNextPageParam: (last) => (last.hasMore ? last.versions.at(-1)?.revision : undefined),
  })
}

/** Makes an automation do what it did at a revision, if it is still as it was read. */
export async function restore(api: Api, card: Card, revision: string): Promise<void> {
  const path = { automationId: card.id }
  const [then, now] = await Promise.all([
    ask(
      api.GET('/v1/automation-revisions/{automationId}', {
        params: { path, query: { revision, fields: ['OVERRIDE_SCHEMA'] } },
      }),
    ),
    ask(api.GET('/v2/automations/{automationId}', { params: { path } })),
  ])
  // Whether it is on is no part of what it does: that stays.
  const { status } = now.automation.configuration
  await ask(
    api.PATCH('/v2/automations/{automationId}', {
      params: { path },
      body: {
        automation: {
          ...then.automation,
          revision: card.revision,
          configuration: { ...then.automation.configuration, status },
        },
        fieldMask: 'name,description,configuration',
      },
    }),
  )
}
