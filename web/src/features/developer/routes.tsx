import { createRoute } from '@tanstack/react-router'
import { feature } from '@/app/feature'
import { devRoute } from '@/app/roots'

const texts = ['developer']

export const tabs = ['triggers', 'actions', 'keys', 'settings', 'preinstalled'] as const
export type Tab = (typeof tabs)[number]

/** All apps. */
export const appsRoute = createRoute({
  getParentRoute: () => devRoute,
  path: '/apps',
}).lazy(() =>
  feature(
    texts,
    import('./AppsPage').then((m) => m.route),
  ),
)

/** One app. `edit` is the key of the trigger or action that is open, "" for a new one. */
export const appRoute = createRoute({
  getParentRoute: () => devRoute,
  path: '/apps/$app',
  validateSearch: (search: Record<string, unknown>): { tab?: Tab; edit?: string } => ({
    tab: tabs.find((tab) => tab === search.tab),
    edit: typeof search.edit === 'string' ? search.edit : undefined,
  }),
}).lazy(() =>
  feature(
    texts,
    import('./AppPage').then((m) => m.route),
  ),
)
