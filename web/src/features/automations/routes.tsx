import { createRoute } from '@tanstack/react-router'
import { feature } from '@/app/feature'
import { queryClient } from '@/app/query'
import { siteRoute } from '@/app/roots'
import { cardsQuery, type Look, lookOf } from './cards'

/** The list of automations. What is looked for stands in the address, so that "back" leads to it. */
export const automationsRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: '/automations',
  validateSearch: (search: Record<string, unknown>): Partial<Look> => lookOf(search),
  loaderDeps: ({ search }) => search,
  // Asked for beside the page's code, and not waited for.
  loader: ({ params, deps }) => void queryClient.prefetchInfiniteQuery(cardsQuery(params.site, deps)),
}).lazy(() =>
  feature(
    ['automations', 'sentence'],
    import('./ListPage').then((m) => m.listPage),
  ),
)

/** What apps bring along. */
export const templatesRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: '/templates',
  loader: ({ params }) =>
    void queryClient.prefetchInfiniteQuery(cardsQuery(params.site, { show: 'PREINSTALLED', sort: 'NAME' })),
}).lazy(() =>
  feature(
    ['automations', 'sentence'],
    import('./TemplatesPage').then((m) => m.templatesPage),
  ),
)
