import { createRoute } from '@tanstack/react-router'
import { rootRoute } from '@/app/roots'

/** Where one signs in; `to` is where one wanted to go. */
export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search.to === 'string' ? { to: search.to } : {},
})
