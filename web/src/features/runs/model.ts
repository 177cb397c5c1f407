import type { StepState } from '@/features/flow/describe'
import type { Automation } from '@/features/flow/document'
import { linksOf, triggerId } from '@/features/flow/links'
import type { ActionRun, Activation, RunState } from './queries'

type Went = Pick<Activation, 'status' | 'withFailedActions'>

/** How a run went, in one word. */
export function stateOf(run: Went): RunState {
  switch (run.status) {
    case 'CANCELLED':
      return 'CANCELED'
    case 'SKIPPED':
      return 'SKIPPED'
    case 'FAILED':
      return 'FAILED'
    case 'ENDED':
      return run.withFailedActions ? 'FAILED' : 'DONE'
    default:
      return 'OPEN'
  }
}

/** What has become of a step. */
export function stepStateOf(step: ActionRun | undefined): StepState {
  switch (step?.status) {
    case undefined:
      return 'untouched'
    case 'ENDED':
      return 'done'
    case 'SKIPPED':
      return 'skipped'
    case 'FAILED':
      return 'failed'
    case 'CANCELLED':
      return 'canceled'
    case 'INVOKED_ASYNC':
      return 'active'
    default:
      return step?.inFlight || !step?.dueDate ? 'active' : 'waiting'
  }
}

/** What has become of the trigger: whether it began anything. */
function triggerStateOf(run: Activation): StepState {
  if (run.startedDate) return 'done'
  switch (run.status) {
    case 'SKIPPED':
      return 'skipped'
    case 'CANCELLED':
      return 'canceled'
    case 'FAILED':
      return 'failed'
    default:
      return 'waiting'
  }
}

/** The path that a run took: the state of the trigger and of each step, and the links that it went along. */
export type Path = { states: Record<string, StepState>; lit: Set<string> }

export function pathOf(automation: Automation, run: Activation): Path {
  const reached = new Map(run.actions.map((a) => [a.actionId, a]))
  const states: Record<string, StepState> = { [triggerId]: triggerStateOf(run) }
  for (const id of Object.keys(automation.configuration.actions)) states[id] = stepStateOf(reached.get(id))
  const lit = new Set<string>()
  for (const { from, port, to } of linksOf(automation)) {
    if (!reached.has(to)) continue
    const passed = reached.get(from)?.passed
    const taken = port === 'true' ? passed !== false : port === 'false' ? passed !== true : true
    if (from === triggerId || (reached.has(from) && taken)) lit.add(`${from}:${port}:${to}`)
  }
  return { states, lit }
}

/** The greatest lateness of a step's attempts, in milliseconds. */
export function latenessOf(step: ActionRun): number {
  return Math.max(0, ...step.attempts.map((a) => a.latenessMs))
}
