import { queryOptions } from '@tanstack/react-query'
import { api, type Schema } from '@/lib/api/client'
import { errorOf } from '@/lib/api/error'

export type SignIn = Schema<'SignIn'>

/** How people may sign in: what the server says to somebody and to nobody. */
export const entrancesQuery = queryOptions({
  queryKey: ['entrances'],
  queryFn: async (): Promise<SignIn & { inside: boolean }> => {
    const { data, error, response } = await api.GET('/belay/v1/session')
    if (data) return { ...data.signIn, inside: Boolean(data.user) }
    const how = (error as Schema<'Error'> | undefined)?.details?.applicationError?.data?.signIn
    if (how) return { ...how, inside: false }
    throw errorOf(response, error)
  },
  staleTime: 0,
})

/** A path of the console to go on to; whatever else an address says leads to the start. */
export function onwards(to: string | undefined): string {
  if (!to?.startsWith('/') || to.startsWith('//') || to.includes('\\')) return '/'
  return to
}
