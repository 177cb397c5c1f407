import type { Action, Automation } from './document'

/**
 * One way out of a step: "next", "true" and "false" of a condition, "path:ID" of a
 * split. The trigger has "next".
 */
export type Port = 'next' | 'true' | 'false' | `path:${string}`

/** What the steps that nothing leads to follow. */
export const triggerId = 'trigger'

/** A way out, and what follows it. */
export type Exit = { port: Port; to: string[] }

/** One link from a way out to a step. */
export type Link = { from: string; port: Port; to: string }

/** The ways out of a step, in the order in which they are drawn. A step that ends its branch has none. */
export function exitsOf(action: Action): Exit[] {
  switch (action.type) {
    case 'CONDITION':
      return branches(action.conditionInfo)
    case 'CODE_CONDITION':
      return branches(action.codeConditionInfo)
    case 'SPLIT':
      return (action.splitInfo?.paths ?? []).map((p) => ({
        port: `path:${p.id}` as const,
        to: p.postActionId ? [p.postActionId] : [],
      }))
    case 'OUTPUT':
      return []
    default:
      return [{ port: 'next', to: straight(action)?.postActionIds ?? [] }]
  }
}

function branches(info: { truePostActionIds?: string[]; falsePostActionIds?: string[] } | undefined): Exit[] {
  return [
    { port: 'true', to: info?.truePostActionIds ?? [] },
    { port: 'false', to: info?.falsePostActionIds ?? [] },
  ]
}

const infoOf = {
  APP_DEFINED: 'appDefinedInfo',
  DELAY: 'delayInfo',
  RATE_LIMIT: 'rateLimitInfo',
  SET_VARIABLES: 'setVariablesInfo',
  MERGE: 'mergeInfo',
} as const

function straight(action: Action): { postActionIds?: string[] } | undefined {
  return action.type in infoOf ? action[infoOf[action.type as keyof typeof infoOf]] : undefined
}

/** The step with other steps after one of its ways out. A way that it has not changes nothing. */
export function withExit(action: Action, port: Port, to: string[]): Action {
  if (port.startsWith('path:')) {
    const id = port.slice('path:'.length)
    const paths = (action.splitInfo?.paths ?? []).map((p) => {
      if (p.id !== id) return p
      const { postActionId: _, ...rest } = p
      return to[0] === undefined ? rest : { ...rest, postActionId: to[0] }
    })
    return { ...action, splitInfo: { ...action.splitInfo, paths } }
  }
  if (port === 'next') {
    if (!(action.type in infoOf)) return action
    const name = infoOf[action.type as keyof typeof infoOf]
    return { ...action, [name]: { ...action[name], postActionIds: to } }
  }
  const way = port === 'true' ? 'truePostActionIds' : 'falsePostActionIds'
  if (action.type === 'CONDITION' && action.conditionInfo) {
    return { ...action, conditionInfo: { ...action.conditionInfo, [way]: to } }
  }
  if (action.type === 'CODE_CONDITION' && action.codeConditionInfo) {
    return { ...action, codeConditionInfo: { ...action.codeConditionInfo, [way]: to } }
  }
  return action
}

/** What follows the trigger, or a step by one of its ways. */
export function followers(automation: Automation, from: string, port: Port): string[] {
  if (from === triggerId) return automation.configuration.rootActionIds
  const action = automation.configuration.actions[from]
  return (action && exitsOf(action).find((e) => e.port === port)?.to) ?? []
}

/** The ways out of a step or, by its ID, of the trigger. */
export function exitsFrom(automation: Automation, from: string): Exit[] {
  if (from === triggerId) return [{ port: 'next', to: automation.configuration.rootActionIds }]
  const action = automation.configuration.actions[from]
  return action ? exitsOf(action) : []
}

/** Every link of an automation to a step that is there, the trigger's first. */
export function linksOf(automation: Automation): Link[] {
  const { actions } = automation.configuration
  return [triggerId, ...Object.keys(actions)].flatMap((from) =>
    exitsFrom(automation, from).flatMap(({ port, to }) =>
      to.filter((id) => id in actions).map((id) => ({ from, port, to: id })),
    ),
  )
}

/** The steps that are reached from one, itself among them, each before what follows it alone. */
export function reached(automation: Automation, from: string): string[] {
  const seen = new Set<string>()
  const visit = (id: string) => {
    if (seen.has(id)) return
    seen.add(id)
    for (const exit of exitsFrom(automation, id))
      for (const next of exit.to) if (next in automation.configuration.actions) visit(next)
  }
  visit(from)
  return [...seen]
}

/** The steps that come before one on any way, the nearest last. */
export function ancestors(automation: Automation, id: string): string[] {
  const links = linksOf(automation)
  const found: string[] = []
  const visit = (at: string) => {
    for (const { from, to } of links) {
      if (to !== at || from === triggerId || from === id || found.includes(from)) continue
      found.push(from)
      visit(from)
    }
  }
  visit(id)
  return found.reverse()
}

/** A step, at its place in the tree that a reader walks from top to bottom. */
export type Outlined = {
  id: string
  depth: number
  /** The link by which it is reached first. */
  link: Link
  /** Whether it is listed in full elsewhere: two ways lead to it. */
  again: boolean
}

/** The steps in the order in which they are read: each way of a step to its end before the next. */
export function outline(automation: Automation): Outlined[] {
  const list: Outlined[] = []
  const seen = new Set<string>()
  const visit = (from: string, depth: number) => {
    const exits = exitsFrom(automation, from)
    const branching = exits.length > 1 || (exits[0]?.to.length ?? 0) > 1
    for (const { port, to } of exits) {
      for (const id of to) {
        if (!(id in automation.configuration.actions)) continue
        const again = seen.has(id)
        list.push({ id, depth: depth + (branching ? 1 : 0), link: { from, port, to: id }, again })
        if (again) continue
        seen.add(id)
        visit(id, depth + (branching ? 1 : 0))
      }
    }
  }
  visit(triggerId, 0)
  return list
}
