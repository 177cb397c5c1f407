import { type Action, type Automation, whole } from '@/features/flow/document'
import { exitsOf, reached, withExit } from '@/features/flow/links'
import type { JsonObject } from '@/lib/json'
import { graft, movesWithBranches, pick } from './edit'
import { freeNamespace } from './namespace'
import type { Place } from './place'

// Copied steps travel as JSON in the clipboard, so that they can be pasted into
// another automation, or in another window.

const mark = 'belay/steps'

/** Steps that are linked with each other alone; `first` is the one that all others follow. */
export type Copied = { first: string; actions: Record<string, Action> }

/** A copy of a step, with all that is below it where it has several ways out. */
export function copy(a: Automation, id: string): Copied | undefined {
  const action = a.configuration.actions[id]
  if (!action) return undefined
  const ids = movesWithBranches(action) ? reached(a, id) : [id]
  const actions = pick(a.configuration.actions, ids)
  for (const [one, step] of Object.entries(actions)) {
    actions[one] = exitsOf(step).reduce(
      (s, e) =>
        withExit(
          s,
          e.port,
          e.to.filter((to) => to in actions),
        ),
      step,
    )
  }
  return { first: id, actions }
}

export function toText(copied: Copied): string {
  return JSON.stringify({ kind: mark, ...copied })
}

/** Steps from a text, undefined for any text that holds none. */
export function fromText(text: string): Copied | undefined {
  if (!text.includes(mark)) return undefined
  let read: JsonObject
  try {
    read = JSON.parse(text)
  } catch {
    return undefined
  }
  if (read.kind !== mark || typeof read.first !== 'string') return undefined
  const { actions } = whole({ configuration: { actions: read.actions } }).configuration
  const usable = Object.values(actions).every((s) => typeof s.type === 'string')
  return usable && read.first in actions ? { first: read.first, actions } : undefined
}

/** Puts copied steps in under new IDs and names; what they read of each other goes with the names. */
export function paste(
  a: Automation,
  copied: Copied,
  place: Place,
  newId: () => string,
): { automation: Automation; id: string } | undefined {
  const ids = new Map(Object.keys(copied.actions).map((id) => [id, newId()]))
  const names = new Map<string, string>()
  const taken = new Set(Object.values(a.configuration.actions).flatMap((s) => s.namespace ?? []))
  for (const { namespace } of Object.values(copied.actions)) {
    if (!namespace) continue
    const free = freeNamespace(namespace, taken)
    taken.add(free)
    names.set(namespace, free)
  }
  const steps: Record<string, Action> = {}
  for (const [old, step] of Object.entries(copied.actions)) {
    const id = ids.get(old) as string
    const linked = exitsOf(step).reduce(
      (s, e) =>
        withExit(
          s,
          e.port,
          e.to.flatMap((to) => ids.get(to) ?? []),
        ),
      renamed(step, names) as Action,
    )
    steps[id] = step.namespace ? { ...linked, id, namespace: names.get(step.namespace) } : { ...linked, id }
  }
  const first = ids.get(copied.first) as string
  const last = lastOf(steps, first)
  const automation = graft(a, steps, first, last, place)
  return automation === a ? undefined : { automation, id: first }
}

/** The end of the first way behind a step. */
function lastOf(steps: Record<string, Action>, first: string): string {
  let at = first
  for (let n = 0; n < Object.keys(steps).length; n++) {
    const step = steps[at]
    const next = step && exitsOf(step)[0]?.to[0]
    if (next === undefined) break
    at = next
  }
  return at
}

/** A value with the variables of some namespaces in its expressions under other names. */
function renamed(value: unknown, names: Map<string, string>): unknown {
  if (typeof value === 'string') {
    return value.replace(/var\((["'])([^"']*)\1\)/g, (all, quote: string, path: string) => {
      const [root, ...rest] = path.split('.')
      const name = root !== undefined && names.get(root)
      return name ? `var(${quote}${[name, ...rest].join('.')}${quote})` : all
    })
  }
  if (Array.isArray(value)) return value.map((v) => renamed(v, names))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, renamed(v, names)]))
}
