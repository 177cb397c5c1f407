import { createRootRoute, createRoute, Outlet, redirect } from '@tanstack/react-router'
import { toApiError } from '@/lib/api/error'
import { NotFound } from './NotFound'
import { PageProblem } from './PageProblem'
import { queryClient } from './query'
import { Shell } from './Shell'
import { sessionQuery } from './session'

// The roots that routes of features hang on.

export const rootRoute = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: PageProblem,
})

/**
 * Pages behind the sign-in, inside the shell. The session is asked for without being
 * waited for: a page's own data are asked for at the same moment.
 */
export const signedRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed',
  component: Shell,
  beforeLoad: ({ location }) => {
    const error = queryClient.getQueryState(sessionQuery.queryKey)?.error
    if (error && toApiError(error).status === 401)
      throw redirect({ to: '/sign-in', search: { to: location.href } })
    void queryClient.prefetchQuery(sessionQuery)
  },
})

/** Pages of one site. */
export const siteRoute = createRoute({ getParentRoute: () => signedRoute, path: '/s/$site' })

/** Pages of app developers. */
export const devRoute = createRoute({ getParentRoute: () => signedRoute, path: '/dev' })

/** Pages of operators. */
export const opsRoute = createRoute({ getParentRoute: () => signedRoute, path: '/ops' })
