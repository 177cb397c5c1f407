import type { Action, Automation } from '@/features/flow/document'
import { exitsFrom, exitsOf, linksOf, triggerId, withExit } from '@/features/flow/links'

/** One thing that publishing changes. Steps are named by their IDs. */
export type Change =
  | { kind: 'name' | 'description'; from: string; to: string }
  | { kind: 'status'; to: 'ACTIVE' | 'INACTIVE' }
  | { kind: 'trigger' | 'timing' | 'filters' | 'limit' | 'triggerSettings' }
  | { kind: 'added' | 'removed' | 'moved'; stepId: string }
  | { kind: 'edited'; stepId: string; fields: string[] }
  | { kind: 'settings' }

/**
 * What is different in a draft, seen from the live automation: the automation as a whole,
 * its trigger, then its steps in the order in which they were, new ones last.
 */
export function changes(live: Automation, draft: Automation): Change[] {
  const list: Change[] = []
  if (live.name !== draft.name) list.push({ kind: 'name', from: live.name, to: draft.name })
  if ((live.description ?? '') !== (draft.description ?? '')) {
    list.push({ kind: 'description', from: live.description ?? '', to: draft.description ?? '' })
  }
  const was = live.configuration
  const is = draft.configuration
  if (was.status !== is.status) list.push({ kind: 'status', to: is.status })
  return [
    ...list,
    ...triggerChanges(live, draft),
    ...stepChanges(live, draft),
    ...settingsChanges(live, draft),
  ]
}

function settingsChanges(live: Automation, draft: Automation): Change[] {
  return same(live.settings ?? {}, draft.settings ?? {}) ? [] : [{ kind: 'settings' }]
}

function triggerChanges(live: Automation, draft: Automation): Change[] {
  const was = live.configuration.trigger
  const is = draft.configuration.trigger
  if (was.appId !== is.appId || was.triggerKey !== is.triggerKey) return [{ kind: 'trigger' }]
  const list: Change[] = []
  if (!same([was.scheduledEventOffset, was.skipWhenLater], [is.scheduledEventOffset, is.skipWhenLater])) {
    list.push({ kind: 'timing' })
  }
  if (!same(was.filters ?? [], is.filters ?? [])) list.push({ kind: 'filters' })
  if (!same(was.rateLimit, is.rateLimit)) list.push({ kind: 'limit' })
  if (
    !same([was.automationConfigMapping, was.overrideSchema], [is.automationConfigMapping, is.overrideSchema])
  ) {
    list.push({ kind: 'triggerSettings' })
  }
  return list
}

function stepChanges(live: Automation, draft: Automation): Change[] {
  const was = live.configuration.actions
  const is = draft.configuration.actions
  const list: Change[] = []
  for (const id of Object.keys(was)) {
    const before = was[id] as Action
    const after = is[id]
    if (!after) {
      list.push({ kind: 'removed', stepId: id })
      continue
    }
    const fields = editedFields(before, after)
    if (fields.length > 0) list.push({ kind: 'edited', stepId: id, fields })
    if (moved(live, draft, id)) list.push({ kind: 'moved', stepId: id })
  }
  for (const id of Object.keys(is)) if (!(id in was)) list.push({ kind: 'added', stepId: id })
  return list
}

/**
 * Whether a step stands behind another one than before, of those that are in both. A step
 * that only has a new neighbour, or lost one, stays where it is.
 */
function moved(live: Automation, draft: Automation, id: string): boolean {
  const before = parent(live, id, (one) => one in draft.configuration.actions)
  const after = parent(draft, id, (one) => one in live.configuration.actions)
  return before !== after
}

/** The nearest step before one, of those that count, and the way on which it leads there. */
function parent(a: Automation, id: string, counts: (id: string) => boolean): string {
  const links = linksOf(a)
  let at = id
  for (let n = 0; n <= links.length; n++) {
    const link = links.find((l) => l.to === at)
    if (!link || link.from === triggerId) return triggerId
    if (counts(link.from)) return exitsFrom(a, link.from).length > 1 ? `${link.from} ${link.port}` : link.from
    at = link.from
  }
  return triggerId
}

/** The names of what is different in a step, its links left aside. */
function editedFields(before: Action, after: Action): string[] {
  const was = flat(unlinked(before))
  const is = flat(unlinked(after))
  const names = new Set([...was.keys(), ...is.keys()])
  return [...new Set([...names].filter((name) => !same(was.get(name), is.get(name))).map(shortName))]
}

/** A field of an action's input by its own name, else the part of the step. */
function shortName(path: string): string {
  const input = /^(?:appDefinedInfo\.inputMapping|setVariablesInfo\.outputMapping)\.(.+)$/.exec(path)
  return input?.[1] ?? path.split('.')[0] ?? path
}

function unlinked(action: Action): Action {
  return exitsOf(action).reduce((a, exit) => withExit(a, exit.port, []), action)
}

function flat(action: Action): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const [key, value] of Object.entries(action)) {
    if (typeof value !== 'object' || value === null) {
      found.set(key, value)
      continue
    }
    for (const [inner, v] of Object.entries(value)) {
      if ((inner === 'inputMapping' || inner === 'outputMapping') && typeof v === 'object' && v !== null) {
        for (const [field, one] of Object.entries(v)) found.set(`${key}.${inner}.${field}`, one)
      } else found.set(`${key}.${inner}`, v)
    }
  }
  return found
}

/** Whether two values are the same JSON; the order of members does not matter, nor does what is undefined. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  )
}
