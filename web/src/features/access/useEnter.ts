import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type Session, sessionQuery } from '@/app/session'
import { portalTokenKey } from '@/lib/api/client'
import { onwards } from './entrances'

/** Goes on as whoever has just signed in. */
export function useEnter() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return async (session: Session, to?: string) => {
    sessionStorage.removeItem(portalTokenKey)
    queries.clear()
    queries.setQueryData(sessionQuery.queryKey, session)
    await navigate({ to: onwards(to) as string, replace: true })
  }
}
