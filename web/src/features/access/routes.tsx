import { createRoute } from '@tanstack/react-router'
import { feature } from '@/app/feature'
import { opsRoute, rootRoute, signedRoute, siteRoute } from '@/app/roots'

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** Where one signs in; `to` is where one wanted to go, `error` why a provider let nobody in. */
export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string; error?: string } => ({
    to: text(search.to),
    error: text(search.error),
  }),
}).lazy(() =>
  feature(
    ['access'],
    import('./SignInPage').then((m) => m.route),
  ),
)

/** What a one-time link opens; its secret stands behind #, so that no server sees it. */
export const welcomeRoute = createRoute({ getParentRoute: () => rootRoute, path: '/welcome' }).lazy(() =>
  feature(
    ['access'],
    import('./WelcomePage').then((m) => m.route),
  ),
)

/** What a portal link opens. */
export const portalRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/portal',
  validateSearch: (search: Record<string, unknown>): { site?: string } => ({ site: text(search.site) }),
}).lazy(() =>
  feature(
    ['access'],
    import('./PortalPage').then((m) => m.route),
  ),
)

export const accountRoute = createRoute({ getParentRoute: () => signedRoute, path: '/account' }).lazy(() =>
  feature(
    ['access'],
    import('./account/AccountPage').then((m) => m.route),
  ),
)

export const usersRoute = createRoute({ getParentRoute: () => opsRoute, path: '/users' }).lazy(() =>
  feature(
    ['access'],
    import('./users/UsersPage').then((m) => m.route),
  ),
)

export const portalSettingsRoute = createRoute({ getParentRoute: () => siteRoute, path: '/portal' }).lazy(
  () =>
    feature(
      ['access'],
      import('./settings/PortalSettingsPage').then((m) => m.route),
    ),
)
