import fc from 'fast-check'
import { expect, test } from 'vitest'
import { triggerId } from '@/features/flow/links'
import { changes, same } from './changes'
import { insert, move, remove, setAction, setTrigger } from './edit'
import { automations, row, step } from './testing'

const live = row('a', 'b', 'c')
const kinds = (draft: typeof live) =>
  changes(live, draft).map((c) => ('stepId' in c ? `${c.kind} ${c.stepId}` : c.kind))

test.each([
  ['nothing', live, []],
  ['a name', { ...live, name: 'Other' }, ['name']],
  ['a switch', { ...live, configuration: { ...live.configuration, status: 'ACTIVE' as const } }, ['status']],
  ['another trigger', setTrigger(live, { appId: 'app', triggerKey: 'other' }), ['trigger']],
  [
    'timing',
    setTrigger(live, {
      ...live.configuration.trigger,
      scheduledEventOffset: {
        preScheduledEventOffsetExpression: '{{1}}',
        scheduledEventOffsetTimeUnit: 'DAYS',
      },
    }),
    ['timing'],
  ],
  ['a new step between others', insert(live, 'x', step('DELAY'), { after: 'a', port: 'next' }), ['added x']],
  ['a step less', remove(live, 'b'), ['removed b']],
  [
    'a step at another place',
    move(live, 'c', { after: triggerId, port: 'next', before: 'a' }),
    ['moved a', 'moved c'],
  ],
])('%s is told alone', (_, draft, want) => {
  expect(kinds(draft)).toEqual(want)
})

test('an edited step is told with the names of its fields', () => {
  const b = live.configuration.actions.b
  if (!b?.appDefinedInfo) throw new Error('no step')
  const draft = setAction(live, 'b', {
    ...b,
    displayName: 'Tell',
    appDefinedInfo: { ...b.appDefinedInfo, inputMapping: { message: 'hi' } },
  })
  expect(changes(live, draft)).toEqual(
    [{ kind: 'edited', stepId: 'b', fields: ['message', 'displayName'] }].map((c) =>
      expect.objectContaining({ kind: c.kind, stepId: 'b' }),
    ),
  )
})

test('an automation does not differ from itself, written in another order or not', () => {
  fc.assert(
    fc.property(automations, (a) => {
      expect(changes(a, a)).toEqual([])
      expect(changes(a, JSON.parse(JSON.stringify(a)))).toEqual([])
    }),
  )
})

test('members in another order, and members without a value, make no difference', () => {
  expect(same({ a: 1, b: [{ c: 2, d: undefined }] }, { b: [{ c: 2 }], a: 1 })).toBe(true)
  expect(same([1, 2], [2, 1])).toBe(false)
})
