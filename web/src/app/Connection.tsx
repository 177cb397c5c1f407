import { Alert } from '@mantine/core'
import { IconCloudOff, IconHourglass } from '@tabler/icons-react'
import { notifyManager, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { askAgain } from './query'

/** How long a call may take before the page says that it is slow. */
const slowAfter = 4000

/** Says so while the server does not answer, or takes long. */
export function Connection() {
  const { t } = useTranslation()
  useQuery(aliveQuery)
  const state = useConnection()
  const slow = useHeld(state === 'busy', slowAfter)
  if (state === 'lost') {
    return (
      <Alert color="yellow" icon={<IconCloudOff />} mb="lg" role="status">
        {t('connection.lost')}
      </Alert>
    )
  }
  if (!slow) return null
  return (
    <Alert color="gray" icon={<IconHourglass />} mb="lg" role="status">
      {t('connection.slow')}
    </Alert>
  )
}

/** Asked now and then, so that a page which asks for nothing else notices too. */
const aliveQuery = queryOptions({
  queryKey: ['alive'],
  queryFn: () => ask(api.GET('/healthz')),
  initialData: { status: 'ok' },
  staleTime: Number.POSITIVE_INFINITY,
  refetchInterval: (query) => (query.state.error ? askAgain : 15_000),
})

type State = 'good' | 'busy' | 'lost'

function useConnection(): State {
  const cache = useQueryClient().getQueryCache()
  const read = (): State => {
    let state: State = 'good'
    for (const query of cache.getAll()) {
      if (query.getObserversCount() === 0) continue
      if (query.state.error && toApiError(query.state.error).temporary) return 'lost'
      // One failure that is being tried again counts too.
      if (query.state.fetchFailureReason && toApiError(query.state.fetchFailureReason).temporary)
        return 'lost'
      if (query.state.fetchStatus === 'fetching') state = 'busy'
    }
    return state
  }
  // A query that somebody begins to watch is told of while their part is rendered, when
  // nothing else may change.
  return useSyncExternalStore((changed) => cache.subscribe(notifyManager.batchCalls(changed)), read)
}

/** True once a claim has held for some time. */
function useHeld(claim: boolean, ms: number): boolean {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    if (!claim) return setHeld(false)
    const timer = setTimeout(() => setHeld(true), ms)
    return () => clearTimeout(timer)
  }, [claim, ms])
  return held
}
