import type { Action, Automation, TimeUnit } from '@/features/flow/document'
import { triggerId } from '@/features/flow/links'
import { amountExpression, amountOf } from '@/lib/formula/amount'
import { insert, remove, setAction, setTrigger } from '../../model/edit'

/** When an automation of a scheduled trigger starts, from the date of the trigger. */
export type Start =
  | { mode: 'at' }
  | { mode: 'before' | 'after'; amount: number; unit: TimeUnit }
  /** Before, by what a formula gives. */
  | { mode: 'formula'; expression: string; unit: TimeUnit }

/**
 * How a document says it: before by scheduledEventOffset; after by a delay that is the
 * one step that everything else follows, since the document has no other way.
 */
export function startOf(a: Automation): Start {
  const offset = a.configuration.trigger.scheduledEventOffset
  if (offset) {
    const { preScheduledEventOffsetExpression: expression, scheduledEventOffsetTimeUnit: unit } = offset
    const amount = amountOf(expression)
    if (amount === undefined) return { mode: 'formula', expression, unit }
    return amount === 0 ? { mode: 'at' } : { mode: 'before', amount: Math.abs(amount), unit }
  }
  const first = firstDelay(a)
  return first ? { mode: 'after', amount: first.amount, unit: first.unit } : { mode: 'at' }
}

function firstDelay(a: Automation): { id: string; amount: number; unit: TimeUnit } | undefined {
  const [id, ...others] = a.configuration.rootActionIds
  const action = id === undefined ? undefined : a.configuration.actions[id]
  const info = action?.delayInfo
  if (id === undefined || others.length > 0 || action?.type !== 'DELAY' || !info) return undefined
  const amount = amountOf(info.offsetExpression)
  const plain = amount !== undefined && !info.dueDateExpression && !info.dueDateEpochExpression
  return plain && info.offsetTimeUnit ? { id, amount, unit: info.offsetTimeUnit } : undefined
}

/** The automation with another start. `newId` names the delay that a start after the date may need. */
export function withStart(a: Automation, start: Start, newId: string): Automation {
  const delay = a.configuration.trigger.scheduledEventOffset ? undefined : firstDelay(a)
  const { scheduledEventOffset: _, ...trigger } = a.configuration.trigger
  let next = setTrigger(a, trigger)
  if (delay && start.mode !== 'after') next = remove(next, delay.id)
  switch (start.mode) {
    case 'at':
      return next
    case 'before':
      return setTrigger(next, {
        ...trigger,
        scheduledEventOffset: offset(amountExpression(start.amount), start.unit),
      })
    case 'formula':
      return setTrigger(next, { ...trigger, scheduledEventOffset: offset(start.expression, start.unit) })
  }
  const info = { offsetExpression: amountExpression(start.amount), offsetTimeUnit: start.unit }
  const action = delay && next.configuration.actions[delay.id]
  if (action) return setAction(next, delay.id, { ...action, delayInfo: { ...action.delayInfo, ...info } })
  const step: Action = { id: newId, type: 'DELAY', delayInfo: { ...info, postActionIds: [] } }
  return insert(next, newId, step, { after: triggerId, port: 'next' })
}

function offset(expression: string, unit: TimeUnit) {
  return { preScheduledEventOffsetExpression: expression, scheduledEventOffsetTimeUnit: unit }
}
