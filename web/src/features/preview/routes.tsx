import { createRoute } from '@tanstack/react-router'
import { feature } from '@/app/feature'
import { siteRoute } from '@/app/roots'

type Look = {
  /** "APP/key" */
  trigger?: string
}

/** What automations would do. */
export const previewRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: '/preview',
  validateSearch: (search: Record<string, unknown>): Look => ({
    trigger:
      typeof search.trigger === 'string' && search.trigger.includes('/')
        ? search.trigger.slice(0, 200)
        : undefined,
  }),
}).lazy(() =>
  feature(
    ['preview', 'explorer'],
    import('./PreviewPage').then((m) => m.route),
  ),
)
