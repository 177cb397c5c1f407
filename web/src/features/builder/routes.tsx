import { createRoute } from '@tanstack/react-router'
import { feature } from '@/app/feature'
import { siteRoute } from '@/app/roots'

const texts = ['builder', 'flow', 'forms', 'sentence']

/** Where a new automation begins: by the choice of its trigger. */
export const newAutomationRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: '/automations/new',
}).lazy(() =>
  feature(
    texts,
    import('./NewAutomationPage').then((m) => m.route),
  ),
)

/** An automation, or a draft, as it is edited. */
export const builderRoute = createRoute({ getParentRoute: () => siteRoute, path: '/automations/$id' }).lazy(
  () =>
    feature(
      texts,
      import('./BuilderPage').then((m) => m.route),
    ),
)
