import { isGuid } from '@/lib/guid'

/** In the place of a site: all that one may see. */
export const allSites = 'all'

/** What the address of the events' page says. `trigger` is an app and a key: "APP/key". */
export type Filters = {
  /** A site, or all of them. */
  site?: string
  /** The app that is asked for, of somebody who develops several. */
  app?: string
  trigger?: string
  status?: 'INITIATED' | 'SCHEDULED' | 'STARTED' | 'ENDED' | 'CANCELLED' | 'FAILED' | 'SKIPPED' | 'NONE'
  entity?: string
  key?: string
  report?: string
}

export const statuses = ['SCHEDULED', 'STARTED', 'ENDED', 'FAILED', 'CANCELLED', 'SKIPPED', 'NONE'] as const

/** Splits "APP/key". */
export function triggerOf(value: string | undefined): { appId: string; triggerKey: string } | undefined {
  const at = value?.indexOf('/') ?? -1
  return value && at > 0 ? { appId: value.slice(0, at), triggerKey: value.slice(at + 1) } : undefined
}

/** The query that the filters come to. What cannot be asked for is left out. */
export function queryOf(filters: Filters, cursor?: string) {
  const trigger = triggerOf(filters.trigger)
  return {
    appId: trigger?.appId,
    triggerKey: trigger?.triggerKey,
    externalEntityId: trigger && filters.entity && isGuid(filters.entity) ? filters.entity.trim() : undefined,
    idempotencyKey: filters.key?.trim() || undefined,
    status: filters.status,
    limit: 50,
    cursor,
  }
}

export function filtered(filters: Filters): boolean {
  return !!(filters.trigger || filters.status || filters.entity || filters.key)
}
