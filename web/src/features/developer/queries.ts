import { queryOptions } from '@tanstack/react-query'
import { api, ask, type Schema } from '@/lib/api/client'

export type App = Schema<'App'>
export type Trigger = Schema<'Trigger'>
export type Action = Schema<'Action'>
export type Key = Schema<'Key'>

export const appsQuery = queryOptions({
  queryKey: ['apps'],
  queryFn: () => ask(api.GET('/belay/v1/apps', { params: { query: { limit: 500 } } })),
})

export const allowedAddressesQuery = queryOptions({
  queryKey: ['allowed-addresses'],
  queryFn: () => ask(api.GET('/belay/v1/allowed-addresses')),
  staleTime: Infinity, // until the server starts anew
})

export const appQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app],
    queryFn: () => ask(api.GET('/belay/v1/apps/{appId}', { params: { path: { appId: app } } })),
  })

export const triggersQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'triggers'],
    queryFn: () =>
      ask(
        api.GET('/belay/v1/apps/{appId}/triggers', {
          params: { path: { appId: app }, query: { limit: 500 } },
        }),
      ),
  })

export const actionsQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'actions'],
    queryFn: () =>
      ask(
        api.GET('/belay/v1/apps/{appId}/actions', {
          params: { path: { appId: app }, query: { limit: 500 } },
        }),
      ),
  })

export const signingKeysQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'signing-keys'],
    queryFn: () => ask(api.GET('/belay/v1/apps/{appId}/signing-keys', { params: { path: { appId: app } } })),
  })

/** The API keys of an app, among the first 500 of the server. */
export const apiKeysQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'keys'],
    queryFn: async () => {
      const answer = await ask(api.GET('/belay/v1/keys', { params: { query: { limit: 500 } } }))
      return answer.keys.filter((key) => key.appId === app)
    },
  })

export const preinstalledQuery = (app: string) =>
  queryOptions({
    queryKey: ['app', app, 'preinstalled'],
    queryFn: () =>
      ask(api.POST('/automations-service/v2/preinstalled-automations/query', { body: { appId: app } })),
  })

/** What stands against a schema. It is asked for as one types, and kept by what was typed. */
export const lintQuery = (schema: unknown, of: 'TRIGGER' | 'ACTION') =>
  queryOptions({
    queryKey: ['lint', of, JSON.stringify(schema)],
    queryFn: () => ask(api.POST('/belay/v1/triggers/lint', { body: { schema, of } })),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: schema !== undefined,
  })
