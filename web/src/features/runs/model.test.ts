import { expect, test } from 'vitest'
import { whole } from '@/features/flow/document'
import { pathOf, stateOf, stepStateOf } from './model'
import { type ActionRun, type Activation, searchOf } from './queries'

const step = (actionId: string, more: Partial<ActionRun> = {}): ActionRun => ({
  actionId,
  type: 'APP_DEFINED',
  status: 'ENDED',
  inFlight: false,
  attempts: [],
  ...more,
})

const run = (more: Partial<Activation>): Activation => ({
  id: 'r',
  eventId: 'e',
  automationId: 'a',
  automationRevision: '1',
  appId: 'app',
  triggerKey: 'booked',
  status: 'STARTED',
  cause: 'EVENT',
  initiatedDate: '2026-11-25T09:00:00.000Z',
  startedDate: '2026-11-25T09:00:00.000Z',
  withFailedActions: false,
  actions: [],
  ...more,
})

const automation = whole({
  configuration: {
    trigger: { appId: 'app', triggerKey: 'booked' },
    rootActionIds: ['check'],
    actions: {
      check: {
        type: 'CONDITION',
        conditionInfo: { orExpressionGroups: [], truePostActionIds: ['mail'], falsePostActionIds: ['tell'] },
      },
      mail: { type: 'APP_DEFINED', appDefinedInfo: { appId: 'belay', actionKey: 'send_email' } },
      tell: {
        type: 'APP_DEFINED',
        appDefinedInfo: { appId: 'belay', actionKey: 'notify', postActionIds: ['mail'] },
      },
    },
  },
})

test('a run whose step failed counts as failed', () => {
  expect(stateOf(run({ status: 'ENDED' }))).toBe('DONE')
  expect(stateOf(run({ status: 'ENDED', withFailedActions: true }))).toBe('FAILED')
  expect(stateOf(run({ status: 'CANCELLED' }))).toBe('CANCELED')
  expect(stateOf(run({ status: 'SCHEDULED' }))).toBe('OPEN')
})

test('a step with a due time and nothing out waits', () => {
  expect(stepStateOf(undefined)).toBe('untouched')
  expect(stepStateOf(step('x', { status: 'STARTED', dueDate: '2026-11-26T09:00:00.000Z' }))).toBe('waiting')
  expect(
    stepStateOf(step('x', { status: 'STARTED', inFlight: true, dueDate: '2026-11-26T09:00:00.000Z' })),
  ).toBe('active')
  expect(stepStateOf(step('x', { status: 'CANCELLED' }))).toBe('canceled')
})

test('only the way that a condition took is lit', () => {
  const { states, lit } = pathOf(
    automation,
    run({
      actions: [
        step('check', { type: 'CONDITION', passed: false }),
        step('tell'),
        step('mail', { status: 'FAILED' }),
      ],
    }),
  )
  expect(states).toEqual({ trigger: 'done', check: 'done', tell: 'done', mail: 'failed' })
  expect([...lit].sort()).toEqual(['check:false:tell', 'tell:next:mail', 'trigger:next:check'])
})

test('a run that was skipped lights nothing', () => {
  const { states, lit } = pathOf(automation, run({ status: 'SKIPPED', startedDate: undefined }))
  expect(states).toEqual({ trigger: 'skipped', check: 'untouched', mail: 'untouched', tell: 'untouched' })
  expect(lit.size).toBe(0)
})

test('an address keeps only filters that there are', () => {
  expect(searchOf({ state: 'FAILED', search: 42, x: 'y', automation: '' })).toEqual({
    state: 'FAILED',
    search: '42',
  })
  expect(searchOf({ state: 'BROKEN' })).toEqual({})
})
