import { QueryClient } from '@tanstack/react-query'
import { toApiError } from '@/lib/api/error'

/** How often a page that met a server which is away asks again. */
export const askAgain = 4000

/**
 * One cache for all pages. What fails for the moment is asked again until it succeeds,
 * so that no page needs to be reloaded once the server is back; what is refused is not.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (count, error) => count < 1 && toApiError(error).temporary,
      retryDelay: 600,
      refetchOnWindowFocus: true,
      refetchInterval: (query) =>
        query.state.error && toApiError(query.state.error).temporary ? askAgain : false,
    },
    mutations: { retry: false },
  },
})
