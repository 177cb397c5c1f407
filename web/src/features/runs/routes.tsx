import { createRoute } from '@tanstack/react-router'
import { feature } from '@/app/feature'
import { queryClient } from '@/app/query'
import { siteRoute } from '@/app/roots'
import { type RunsSearch, runQuery, runsQuery, searchOf } from './queries'

export const runsRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: '/runs',
  validateSearch: (search: Record<string, unknown>): RunsSearch => searchOf(search),
  loaderDeps: ({ search }) => search,
  loader: ({ params, deps }) => {
    void queryClient.prefetchInfiniteQuery(runsQuery(params.site, deps))
  },
}).lazy(() =>
  feature(
    ['runs'],
    import('./RunsPage').then((m) => m.route),
  ),
)

export const runRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: '/runs/$id',
  loader: ({ params }) => {
    void queryClient.prefetchQuery(runQuery(params.site, params.id))
  },
}).lazy(() =>
  feature(
    ['runs', 'flow'],
    import('./RunPage').then((m) => m.route),
  ),
)
