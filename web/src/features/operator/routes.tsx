import { createRoute } from '@tanstack/react-router'
import { feature } from '@/app/feature'
import { opsRoute } from '@/app/roots'

const texts = ['operator']

/** How the server does. */
export const overviewRoute = createRoute({ getParentRoute: () => opsRoute, path: '/' }).lazy(() =>
  feature(
    texts,
    import('./OverviewPage').then((m) => m.route),
  ),
)

/** The servers that share the work. */
export const nodesRoute = createRoute({ getParentRoute: () => opsRoute, path: '/nodes' }).lazy(() =>
  feature(
    texts,
    import('./NodesPage').then((m) => m.route),
  ),
)

/** All sites. */
export const sitesRoute = createRoute({ getParentRoute: () => opsRoute, path: '/sites' }).lazy(() =>
  feature(
    texts,
    import('./SitesPage').then((m) => m.route),
  ),
)

export const subjects = ['all', 'changes', 'cancels'] as const
export type AuditSearch = {
  what?: (typeof subjects)[number]
  kind?: string
  site?: string
  who?: string
  days?: number
}

/** Who changed what. */
export const auditRoute = createRoute({
  getParentRoute: () => opsRoute,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): AuditSearch => ({
    what: subjects.find((s) => s === search.what),
    kind: typeof search.kind === 'string' ? search.kind : undefined,
    site: typeof search.site === 'string' ? search.site : undefined,
    who: typeof search.who === 'string' ? search.who : undefined,
    days: typeof search.days === 'number' ? search.days : undefined,
  }),
}).lazy(() =>
  feature(
    texts,
    import('./AuditPage').then((m) => m.route),
  ),
)
