import type { Action, Automation, Trigger } from '@/features/flow/document'
import { exitsOf, followers, linksOf, type Port, reached, triggerId, withExit } from '@/features/flow/links'
import { displaced, type Place } from './place'

// Edits of the graph. Each returns a new document, or the same one where the edit
// makes no sense; none leaves a link to a step that is not there, a circle, or a step
// that nothing leads to.

/** The document with other steps. */
function withActions(a: Automation, actions: Record<string, Action>): Automation {
  return { ...a, configuration: { ...a.configuration, actions } }
}

/** The document with other steps after one of the ways out of a step, or after the trigger. */
function linked(a: Automation, from: string, port: Port, to: string[]): Automation {
  if (from === triggerId) return { ...a, configuration: { ...a.configuration, rootActionIds: to } }
  const action = a.configuration.actions[from]
  if (!action) return a
  return withActions(a, { ...a.configuration.actions, [from]: withExit(action, port, to) })
}

/** The document with another status, or the same one where it has it. */
export function withStatus(a: Automation, status: Automation['configuration']['status']): Automation {
  return a.configuration.status === status ? a : { ...a, configuration: { ...a.configuration, status } }
}

export function setTrigger(a: Automation, trigger: Trigger): Automation {
  return { ...a, configuration: { ...a.configuration, trigger } }
}

export function editTrigger(a: Automation, edit: (now: Trigger) => Trigger): Automation {
  return setTrigger(a, edit(a.configuration.trigger))
}

/** The document with an edit made to a step, or the same one where the step is gone. */
export function editAction(a: Automation, id: string, edit: (now: Action) => Action): Automation {
  const action = a.configuration.actions[id]
  return action ? setAction(a, id, edit(action)) : a
}

/** The document with a step set up in another way. Links of steps are kept as the new one has them. */
export function setAction(a: Automation, id: string, action: Action): Automation {
  if (!(id in a.configuration.actions)) return a
  return withActions(a, { ...a.configuration.actions, [id]: action })
}

/** The way on which what followed before goes on behind a step that is put in: its first. */
export function mainPort(action: Action): Port | undefined {
  return exitsOf(action)[0]?.port
}

/** Puts a step in; what followed there follows it. */
export function insert(a: Automation, id: string, action: Action, place: Place): Automation {
  return graft(a, { [id]: action }, id, id, place)
}

/**
 * Puts steps in that are linked with each other: `first` takes the place, and what was
 * there follows `last` on its first way out.
 */
export function graft(
  a: Automation,
  steps: Record<string, Action>,
  first: string,
  last: string,
  place: Place,
): Automation {
  const after = place.after === triggerId ? undefined : a.configuration.actions[place.after]
  if (place.after !== triggerId && (!after || !exitsOf(after).some((e) => e.port === place.port))) return a
  const moved = displaced(a, place)
  if (place.before !== undefined && moved.length === 0) return a
  const port = steps[last] && mainPort(steps[last])
  if (moved.length > 0 && !port) return a // nothing can follow it
  const before = followers(a, place.after, place.port)
  const at = moved[0] === undefined ? before.length : before.indexOf(moved[0])
  const kept = before.filter((id) => !moved.includes(id))
  let next = withActions(a, { ...a.configuration.actions, ...steps })
  next = linked(next, place.after, place.port, kept.toSpliced(Math.min(at, kept.length), 0, first))
  return moved.length > 0 && port ? linked(next, last, port, moved) : next
}

/** The ways out of a step that something follows. */
export function usedPorts(a: Automation, id: string): Port[] {
  const action = a.configuration.actions[id]
  return action ? exitsOf(action).flatMap((e) => (e.to.length > 0 ? [e.port] : [])) : []
}

/**
 * Takes a step out. What followed it on the way `keep`, its first used one where that is
 * left out, follows what led to it; what only its other ways led to goes with it.
 */
export function remove(a: Automation, id: string, keep?: Port): Automation {
  if (!(id in a.configuration.actions)) return a
  const used = usedPorts(a, id)
  const port = keep ?? used[0]
  const heirs = port === undefined ? [] : followers(a, id, port)
  return swept(without(a, id, heirs))
}

/** Takes a step out, and all that only it leads to. */
export function removeBelow(a: Automation, id: string): Automation {
  return id in a.configuration.actions ? swept(without(a, id, [])) : a
}

/** The steps that are gone when a step is removed and one of its ways kept, itself left out. */
export function lostWith(a: Automation, id: string, keep?: Port): string[] {
  const next = remove(a, id, keep).configuration.actions
  return Object.keys(a.configuration.actions).filter((one) => one !== id && !(one in next))
}

/** The document without a step; whatever led to it leads to its heirs. */
function without(a: Automation, id: string, heirs: string[]): Automation {
  let next = a
  for (const { from, port, to } of linksOf(a)) {
    if (to !== id || from === id) continue
    const list = followers(next, from, port)
    // A way of a split leads to one step alone.
    const here = port.startsWith('path:') ? heirs.slice(0, 1) : heirs
    next = linked(next, from, port, [...new Set(list.flatMap((one) => (one === id ? here : [one])))])
  }
  const { [id]: _, ...rest } = next.configuration.actions
  return withActions(next, rest)
}

/** The document without steps that nothing leads to, and without links to what is not there. */
export function swept(a: Automation): Automation {
  const there = new Set(reached(a, triggerId))
  const kept = Object.fromEntries(Object.entries(a.configuration.actions).filter(([id]) => there.has(id)))
  let next = withActions(a, kept)
  for (const from of [triggerId, ...Object.keys(kept)]) {
    const exits =
      from === triggerId
        ? [{ port: 'next' as const, to: a.configuration.rootActionIds }]
        : exitsOf(kept[from] as Action)
    for (const { port, to } of exits) {
      const list = to.filter((id) => id in kept)
      if (list.length !== to.length) next = linked(next, from, port, list)
    }
  }
  return next
}

/** Whether a step goes with all that is below it when it is moved: it has more than one way out. */
export function movesWithBranches(action: Action): boolean {
  return exitsOf(action).length > 1
}

/**
 * Moves a step to another place: alone, with what followed it left behind, or, where it
 * has several ways out, with all that is below it.
 */
export function move(a: Automation, id: string, place: Place): Automation {
  const action = a.configuration.actions[id]
  if (!action || place.after === id || place.before === id) return a
  if (movesWithBranches(action)) return moveBranches(a, id, place)
  const [exit] = exitsOf(action)
  const alone = exit ? withExit(action, exit.port, []) : action
  const taken = without(a, id, exit?.to ?? [])
  return insert(taken, id, alone, place)
}

function moveBranches(a: Automation, id: string, place: Place): Automation {
  const below = reached(a, id)
  if (below.includes(place.after)) return a
  // A step that something else leads to as well cannot be taken along.
  const shared = linksOf(a).some((l) => l.to !== id && below.includes(l.to) && !below.includes(l.from))
  if (shared) return a
  const steps = pick(a.configuration.actions, below)
  const taken = swept(without(a, id, []))
  // What is displaced goes on behind the end of the first way.
  const last = endOf(a, id)
  const moved = graft(taken, steps, id, last, place)
  return moved === taken ? a : moved
}

/** The last step of the first way behind a step, followed while it goes on. */
function endOf(a: Automation, id: string): string {
  const seen = new Set<string>()
  let at = id
  while (!seen.has(at)) {
    seen.add(at)
    const action = a.configuration.actions[at]
    const next = action && exitsOf(action)[0]?.to[0]
    if (next === undefined) break
    at = next
  }
  return at
}

export function pick(actions: Record<string, Action>, ids: string[]): Record<string, Action> {
  return Object.fromEntries(ids.flatMap((id) => (actions[id] ? [[id, actions[id]] as const] : [])))
}
