import { createRoute } from '@tanstack/react-router'
import { feature } from '@/app/feature'
import { devRoute } from '@/app/roots'
import type { Filters } from './model/filters'

const texts = ['explorer']

/** All events of a site, and the drawer to report one (`report` is the trigger it begins with). */
export const eventsRoute = createRoute({
  getParentRoute: () => devRoute,
  path: '/events',
  validateSearch: (search: Record<string, unknown>): Filters => {
    const word = (key: string) => (typeof search[key] === 'string' && search[key] ? search[key] : undefined)
    return {
      site: word('site'),
      app: word('app'),
      trigger: word('trigger'),
      status: word('status') as Filters['status'],
      entity: word('entity'),
      key: word('key'),
      report: word('report'),
    }
  },
}).lazy(() =>
  feature(
    texts,
    import('./EventsPage').then((m) => m.route),
  ),
)

/** One event. */
export const eventRoute = createRoute({
  getParentRoute: () => devRoute,
  path: '/events/$site/$id',
}).lazy(() =>
  feature(
    texts,
    import('./EventPage').then((m) => m.route),
  ),
)

/** Whether Belay made a request. */
export const signatureRoute = createRoute({
  getParentRoute: () => devRoute,
  path: '/signature',
}).lazy(() =>
  feature(
    texts,
    import('./VerifyPage').then((m) => m.route),
  ),
)
