import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { api, ask, portalTokenKey, type Schema } from '@/lib/api/client'
import { localeIn, type Place } from '@/lib/time'

export type Session = Schema<'Session'>

/** Who is here, and what there is for them. It is asked for beside a page's own data. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => ask(api.GET('/belay/v1/session')),
  staleTime: 60_000,
})

/** The session of a page behind the sign-in. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data
}

/** The session where there is one yet. */
export function useMaybeSession(): Session | undefined {
  return useQuery({ ...sessionQuery, enabled: false }).data
}

export function isOperator(s: Session): boolean {
  return s.keyRole === 'operator' || s.grants.some((g) => g.role === 'OPERATOR')
}

export function isDeveloper(s: Session): boolean {
  return isOperator(s) || s.grants.some((g) => g.role === 'DEVELOPER')
}

/** Whether somebody may change a site, and not only look at it. */
export function mayEdit(s: Session, site: string): boolean {
  return isOperator(s) || s.keyRole === 'site' || s.grants.some((g) => g.role === 'SITE' && g.siteId === site)
}

/** How dates are read on a site; in UTC where the site is not known. */
export function placeOf(s: Session, site: string, language: string): Place {
  const found = s.sites.find((one) => one.id === site)
  return { locale: localeIn(language, found?.locale), timeZone: found?.timeZone ?? 'UTC' }
}

/** Ends the session here and on the server. */
export async function signOut(): Promise<void> {
  sessionStorage.removeItem(portalTokenKey)
  await fetch('/belay/v1/session', { method: 'DELETE' })
}

/** The page that a person is best shown first. */
export function firstPage(s: Session): string {
  if (s.portal) return `/s/${s.portal.siteId}/automations`
  const site = s.sites[0]
  if (site) return `/s/${site.id}/automations`
  if (isOperator(s)) return '/ops'
  return isDeveloper(s) ? '/dev/apps' : '/nothing'
}
