import { portalTokenKey } from '@/lib/api/client'

/** Whether this tab was opened by a portal link, also where its session has ended. */
export function isGuest(): boolean {
  return sessionStorage.getItem(portalTokenKey)?.startsWith('belay_g') ?? false
}
