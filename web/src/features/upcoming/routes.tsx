import { createRoute } from '@tanstack/react-router'
import { feature } from '@/app/feature'
import { siteRoute } from '@/app/roots'
import { lookOf } from './model'

/** What is going to happen on a site. What is looked for stands in the address. */
export const upcomingRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: '/upcoming',
  validateSearch: lookOf,
}).lazy(() =>
  feature(
    ['upcoming'],
    import('./UpcomingPage').then((m) => m.route),
  ),
)
