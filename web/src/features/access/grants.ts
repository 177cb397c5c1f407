import type { Schema } from '@/lib/api/client'

export type Grant = Schema<'Grant'>
export type Role = Grant['role']

/** The roles, the one that may most first. */
export const roles: Role[] = ['OPERATOR', 'DEVELOPER', 'SITE', 'VIEWER']

/** What a grant of a role is of. */
export function kindOf(role: Role): 'app' | 'site' | undefined {
  if (role === 'OPERATOR') return undefined
  return role === 'DEVELOPER' ? 'app' : 'site'
}

export function sameGrant(a: Grant, b: Grant): boolean {
  return a.role === b.role && a.appId === b.appId && a.siteId === b.siteId
}

export function grantKey(g: Grant): string {
  return [g.role, g.appId ?? g.siteId ?? ''].join(':')
}

/** A grant of a role of one thing; undefined where the role needs a thing and has none. */
export function grantOf(role: Role, id: string | null): Grant | undefined {
  const kind = kindOf(role)
  if (!kind) return { role }
  if (!id) return undefined
  return kind === 'app' ? { role, appId: id } : { role, siteId: id }
}

/** Grants with one more; one that is there already is not there twice. */
export function withGrant(list: Grant[], g: Grant): Grant[] {
  return list.some((one) => sameGrant(one, g)) ? list : [...list, g]
}
