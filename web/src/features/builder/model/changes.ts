import type { Action, Automation, Trigger } from '@/features/flow/document'
import { exitsFrom, exitsOf, linksOf, triggerId, withExit } from '@/features/flow/links'
import { asObject } from '@/lib/json'
import { linkNames } from './legible'

/** One thing that publishing changes. Steps are named by their IDs. */
export type Change =
  | { kind: 'name' | 'description'; from: string; to: string }
  | { kind: 'status'; to: 'ACTIVE' | 'INACTIVE' }
  | { kind: 'trigger' | 'timing' | 'limit' | 'triggerSettings' }
  | { kind: 'filters'; fields: FieldChange[] }
  | { kind: 'moved'; stepId: string }
  | { kind: 'added' | 'removed' | 'edited'; stepId: string; fields: FieldChange[] }
  | { kind: 'settings' }

/** What is different in one field of a step's input, or in one part of its set-up; undefined where there was nothing, or is nothing. */
export type FieldChange = { name: string; from?: unknown; to?: unknown }

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
  if (!same(was.filters ?? [], is.filters ?? [])) {
    const expressions = (t: Trigger) => t.filters?.map((f) => f.filterExpression)
    list.push({ kind: 'filters', fields: [{ name: 'filters', from: expressions(was), to: expressions(is) }] })
  }
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
      list.push({ kind: 'removed', stepId: id, fields: fieldChanges(before, undefined) })
      continue
    }
    const fields = fieldChanges(before, after)
    if (fields.length > 0) list.push({ kind: 'edited', stepId: id, fields })
    if (moved(live, draft, id)) list.push({ kind: 'moved', stepId: id })
  }
  for (const [id, step] of Object.entries(is)) {
    if (!(id in was)) list.push({ kind: 'added', stepId: id, fields: fieldChanges(undefined, step) })
  }
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

/** What is different in a step, its links and names of the machine's left aside. */
function fieldChanges(before: Action | undefined, after: Action | undefined): FieldChange[] {
  const was = fieldsOf(before)
  const is = fieldsOf(after)
  const names = [...new Set([...was.keys(), ...is.keys()])]
  return names
    .filter((name) => !same(was.get(name), is.get(name)))
    .map((name) => ({ name, from: was.get(name), to: is.get(name) }))
}

const ofTheMachine = new Set(['id', 'type', 'namespace', ...linkNames])

/** The fields of a step's input and its variables by their own names, then the other parts of its set-up. */
function fieldsOf(action: Action | undefined): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const [part, value] of Object.entries(action ? unlinked(action) : {})) {
    if (ofTheMachine.has(part)) continue
    const { inputMapping, outputMapping, outputSchema: _, appId, actionKey, ...rest } = asObject(value)
    for (const [name, one] of Object.entries(asObject(inputMapping ?? outputMapping))) found.set(name, one)
    if (typeof value !== 'object') found.set(part, value)
    else if (part === 'appDefinedInfo') {
      for (const [name, one] of Object.entries(rest)) if (!ofTheMachine.has(name)) found.set(name, one)
    } else if (part !== 'setVariablesInfo') found.set(part, value)
  }
  return found
}

function unlinked(action: Action): Action {
  return exitsOf(action).reduce((a, exit) => withExit(a, exit.port, []), action)
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
