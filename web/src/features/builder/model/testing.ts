import fc from 'fast-check'
import { type Action, type ActionType, type Automation, whole } from '@/features/flow/document'
import { exitsFrom, linksOf, reached, triggerId } from '@/features/flow/links'
import { insert } from './edit'

// Automations for tests.

/** A step of a type with nothing behind it. */
export function step(type: ActionType, id = 'x'): Action {
  switch (type) {
    case 'CONDITION':
      return {
        id,
        type,
        conditionInfo: { orExpressionGroups: [{ operator: 'AND', booleanExpressions: ['{{true}}'] }] },
      }
    case 'CODE_CONDITION':
      return {
        id,
        type,
        codeConditionInfo: { snippet: { language: 'JAVASCRIPT', code: 'export default () => true' } },
      }
    case 'DELAY':
      return { id, type, delayInfo: { offsetExpression: '{{1}}', offsetTimeUnit: 'HOURS' } }
    case 'SPLIT':
      return {
        id,
        type,
        splitInfo: {
          paths: [
            { id: 'a', name: 'A' },
            { id: 'b', name: 'B' },
            { id: 'c', name: 'C' },
          ],
        },
      }
    case 'RATE_LIMIT':
      return { id, type, rateLimitInfo: { maxActivationsExpression: '{{1}}' } }
    case 'SET_VARIABLES':
      return { id, type, setVariablesInfo: {} }
    case 'APP_DEFINED':
      return {
        id,
        type,
        namespace: `ns_${id}`,
        appDefinedInfo: { appId: 'belay', actionKey: 'notify', inputMapping: {} },
      }
    default:
      return { id, type }
  }
}

/** An automation of steps in a row. */
export function row(...ids: string[]): Automation {
  let a = whole({ name: 'Row', configuration: { trigger: { appId: 'app', triggerKey: 'key' } } })
  let after = triggerId
  for (const id of ids) {
    a = insert(a, id, step('APP_DEFINED', id), { after, port: 'next' })
    after = id
  }
  return a
}

const kinds: ActionType[] = ['APP_DEFINED', 'DELAY', 'CONDITION', 'SPLIT', 'CODE_CONDITION', 'RATE_LIMIT']

/** Any automation that inserts can make: steps named s0, s1 … */
export const automations: fc.Arbitrary<Automation> = fc
  .array(fc.tuple(fc.constantFrom(...kinds), fc.nat(), fc.nat(), fc.boolean()), { maxLength: 14 })
  .map((made) => {
    let a = row()
    made.forEach(([type, after, exit, onLink], n) => {
      const ids = [triggerId, ...Object.keys(a.configuration.actions)]
      const from = ids[after % ids.length] as string
      const exits = exitsFrom(a, from)
      const way = exits[exit % exits.length]
      if (way)
        a = insert(a, `s${n}`, step(type, `s${n}`), {
          after: from,
          port: way.port,
          before: onLink ? way.to[0] : undefined,
        })
    })
    return a
  })

/** What is broken in a graph, nothing where it holds. */
export function broken(a: Automation): string[] {
  const { actions, rootActionIds } = a.configuration
  const found: string[] = []
  for (const from of [triggerId, ...Object.keys(actions)]) {
    for (const { port, to } of exitsFrom(a, from)) {
      if (new Set(to).size !== to.length) found.push(`${from} ${port} leads twice to one step`)
      if (port.startsWith('path:') && to.length > 1) found.push(`${from} ${port} leads to several`)
      for (const id of to)
        if (!(id in actions)) found.push(`${from} ${port} leads to ${id}, which is not there`)
    }
  }
  const there = reached(a, triggerId)
  for (const id of Object.keys(actions)) if (!there.includes(id)) found.push(`nothing leads to ${id}`)
  const parents = linksOf(a).map((l) => l.to)
  for (const id of new Set(parents)) {
    if (parents.filter((p) => p === id).length > 1 && actions[id]?.type !== 'MERGE')
      found.push(`${id} has two parents`)
  }
  for (const id of Object.keys(actions)) {
    if (exitsFrom(a, id).some((e) => e.to.some((to) => reached(a, to).includes(id))))
      found.push(`${id} is in a circle`)
  }
  if (rootActionIds.length === 0 && Object.keys(actions).length > 0) found.push('no root')
  return found
}
