import { queryOptions } from '@tanstack/react-query'
import { api, ask, type Schema } from '@/lib/api/client'

export const usersKey = ['users']

/** Everybody who may sign in. There are as many as run a server, develop apps and own sites: one list. */
export const usersQuery = queryOptions({
  queryKey: usersKey,
  queryFn: async () => {
    const all: Schema<'UserDetails'>[] = []
    let cursor: string | undefined
    do {
      const page = await ask(api.GET('/belay/v1/users', { params: { query: { limit: 500, cursor } } }))
      all.push(...page.users)
      cursor = page.pagingMetadata.cursors.next
    } while (cursor)
    return all
  },
})
