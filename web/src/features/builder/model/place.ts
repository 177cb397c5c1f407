import type { Automation } from '@/features/flow/document'
import { followers, type Port } from '@/features/flow/links'

/**
 * Where a step is put: behind a step or the trigger, on one of its ways out. `before`
 * is the step that then follows it; without one, all that followed on that way do.
 */
export type Place = { after: string; port: Port; before?: string }

/** The steps that a place lies ahead of. */
export function displaced(automation: Automation, place: Place): string[] {
  const all = followers(automation, place.after, place.port)
  if (place.before === undefined) return all
  return all.includes(place.before) ? [place.before] : []
}
