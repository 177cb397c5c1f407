import { createRoute } from '@tanstack/react-router'
import { feature } from '@/app/feature'
import { queryClient } from '@/app/query'
import { siteRoute } from '@/app/roots'
import { mailsQuery, notificationsQuery } from './queries'

export const inboxRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: '/inbox',
  loader: ({ params }) => {
    void queryClient.prefetchInfiniteQuery(notificationsQuery(params.site))
  },
}).lazy(() =>
  feature(
    ['inbox'],
    import('./InboxPage').then((m) => m.route),
  ),
)

export const outboxRoute = createRoute({
  getParentRoute: () => siteRoute,
  path: '/outbox',
  validateSearch: (search: Record<string, unknown>): { mail?: string } =>
    typeof search.mail === 'string' ? { mail: search.mail } : {},
  loader: ({ params }) => {
    void queryClient.prefetchInfiniteQuery(mailsQuery(params.site))
  },
}).lazy(() =>
  feature(
    ['inbox'],
    import('./OutboxPage').then((m) => m.route),
  ),
)
