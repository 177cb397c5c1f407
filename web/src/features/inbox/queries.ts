import { infiniteQueryOptions } from '@tanstack/react-query'
import { ask, type Schema, siteApi } from '@/lib/api/client'

export type Mail = Schema<'Mail'>
export type Note = Schema<'Notification'>

type Paging = { pagingMetadata: Schema<'Paging'> }

const onward = {
  initialPageParam: '',
  getNextPageParam: ({ pagingMetadata: p }: Paging) => (p.hasNext ? p.cursors.next : undefined),
}

const page = (cursor: string) => ({ params: { query: { limit: 50, cursor: cursor || undefined } } })

/** What automations told the people of a site, newest first. */
export function notificationsQuery(site: string) {
  return infiniteQueryOptions({
    queryKey: ['notifications', site],
    queryFn: ({ pageParam }) => ask(siteApi(site).GET('/belay/v1/inbox', page(pageParam))),
    ...onward,
  })
}

/** Mails that were kept instead of sent, newest first. */
export function mailsQuery(site: string) {
  return infiniteQueryOptions({
    queryKey: ['mails', site],
    queryFn: ({ pageParam }) => ask(siteApi(site).GET('/belay/v1/outbox', page(pageParam))),
    ...onward,
  })
}
