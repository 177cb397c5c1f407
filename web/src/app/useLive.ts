import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { type Followed, follow, type LiveKind, type LiveMessage } from '@/lib/live/follow'

/** How often a page asks again at the most, however much happens. */
const atMost = 1000

type Options = Followed & {
  /** The kinds of what the page shows. */
  kinds: LiveKind[]
  /** Keys of the queries that are asked again when something of these kinds has happened. */
  keys: readonly QueryKey[]
  /** Narrows down what concerns the page, and hears of it. */
  concerns?: (message: LiveMessage) => boolean
  paused?: boolean
}

/**
 * Keeps a page's data true while things happen: `useLive({ site, kinds: ['activation'],
 * keys: [['runs', site]] })`. Its queries are asked again at most once a second.
 */
export function useLive({ site, appId, paused, ...options }: Options): void {
  const client = useQueryClient()
  const latest = useRef(options)
  latest.current = options
  useEffect(() => {
    if (paused) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let again = false
    const renew = (olderThan = Number.POSITIVE_INFINITY) => {
      for (const queryKey of latest.current.keys) {
        void client.invalidateQueries({ queryKey, predicate: (q) => q.state.dataUpdatedAt < olderThan })
      }
    }
    const soon = () => {
      again = timer !== undefined
      if (timer !== undefined) return
      renew()
      timer = setTimeout(() => {
        timer = undefined
        if (again) soon()
      }, atMost)
    }
    const stop = follow({ site, appId }, (message) => {
      if (message.kind === 'ready') {
        // What was asked for before the stream began may have missed something.
        if (!message.resumed) renew(Date.now())
        return
      }
      const { kinds, concerns } = latest.current
      if (message.kind === 'reset' || message.kind === 'changed') return soon()
      if (kinds.includes(message.kind) && (concerns?.(message) ?? true)) soon()
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [client, site, appId, paused])
}
