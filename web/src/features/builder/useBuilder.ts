import { useQuery } from '@tanstack/react-query'
import { type Api, ask, type Schema } from '@/lib/api/client'

export type BuilderAnswer = Schema<'BuilderResponse'>

/** All that an automation is edited with; without an ID, what a new one can be made of. */
export function useBuilder(site: string, api: Api, id: string | undefined) {
  return useQuery({
    queryKey: ['builder', site, id ?? 'new'],
    queryFn: () => ask(api.GET('/belay/v1/builder', { params: { query: id ? { automationId: id } : {} } })),
    // The page holds what is edited; what comes later must not replace it.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
}
