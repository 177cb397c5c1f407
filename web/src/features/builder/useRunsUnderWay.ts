import { useQuery } from '@tanstack/react-query'
import { type Api, ask } from '@/lib/api/client'

/** How many runs are counted; there may be more. */
export const mostRuns = 100

/** How many runs of an automation wait for their time or are under way. */
export function useRunsUnderWay(api: Api, site: string, automationId: string | undefined) {
  return useQuery({
    queryKey: ['runs-under-way', site, automationId ?? ''],
    enabled: automationId !== undefined,
    queryFn: async () => {
      const counts = await Promise.all(
        (['SCHEDULED', 'INITIATED', 'STARTED'] as const).map(async (status) => {
          const page = await ask(
            api.GET('/belay/v1/activations', {
              params: { query: { automationId, status, limit: mostRuns } },
            }),
          )
          return page.activations.length
        }),
      )
      return Math.min(
        mostRuns,
        counts.reduce((sum, n) => sum + n, 0),
      )
    },
    gcTime: 0,
  })
}
