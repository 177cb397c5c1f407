import createClient, { type Client, type Middleware } from 'openapi-fetch'
import { ApiError, errorOf, toApiError } from './error'
import type { components, paths } from './schema.gen'

/** Types that travel, by their names in the OpenAPI document: Schema<'Automation'>. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

export type Api = Client<paths>

/** How long a call may take before it counts as unanswered. */
const patience = 30_000

/**
 * The key of the portal's token. It lives in the tab: pages inside a frame have no cookies of ours. A frame has
 * its own, as the console shows itself in one and shares its storage.
 */
export const portalTokenKey = globalThis.top === globalThis.self ? 'belay.portal' : 'belay.portal.frame'

const credentials: Middleware = {
  onRequest({ request }) {
    const token = sessionStorage.getItem(portalTokenKey)
    if (token) request.headers.set('authorization', `Bearer ${token}`)
    return request
  },
}

function bounded(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(patience)]) })
}

/** The API without a site: who one is, apps, sites, the server. */
export const api: Api = makeClient()

const clients = new Map<string, Api>()

/** The API on one site; as the developer of an app where one is given. */
export function siteApi(site: string, app?: string): Api {
  return remembered({ 'belay-site-id': site, ...asDeveloper(app) })
}

/** The API without a site, as the developer of an app where one is given. */
export function appApi(app: string | undefined): Api {
  return app ? remembered(asDeveloper(app)) : api
}

const asDeveloper = (app: string | undefined): Record<string, string> => (app ? { 'belay-app-id': app } : {})

function remembered(headers: Record<string, string>): Api {
  const name = JSON.stringify(headers)
  const known = clients.get(name)
  if (known) return known
  const client = makeClient(headers)
  clients.set(name, client)
  return client
}

function makeClient(headers?: Record<string, string>): Api {
  const client = createClient<paths>({ fetch: bounded, headers })
  client.use(credentials)
  return client
}

type Answer<T> = { data?: T; error?: unknown; response: Response }

/**
 * The body of a successful answer; throws ApiError for any other:
 * `await ask(siteApi(site).GET('/belay/v1/inbox'))`.
 */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await call
  } catch (thrown) {
    throw toApiError(thrown)
  }
  if (answer.data !== undefined && answer.response.ok) return answer.data
  if (answer.response.ok) throw new ApiError(answer.response.status, 'UNKNOWN', 'the answer has no body')
  throw errorOf(answer.response, answer.error)
}
