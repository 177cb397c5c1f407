import fc from 'fast-check'
import { expect, test } from 'vitest'
import { timeUnits, whole } from '@/features/flow/document'
import { step } from '../../model/testing'
import { type Start, startOf, withStart } from './start'

const bare = whole({
  name: 'a',
  configuration: { rootActionIds: ['c'], actions: { c: step('CONDITION', 'c') } },
})

test('a start after the date is a delay before all else, and only that', () => {
  const after = withStart(bare, { mode: 'after', amount: 2, unit: 'HOURS' }, 'd')
  expect(after.configuration.rootActionIds).toEqual(['d'])
  expect(after.configuration.actions.d?.delayInfo).toEqual({
    offsetExpression: '{{2}}',
    offsetTimeUnit: 'HOURS',
    postActionIds: ['c'],
  })
  const later = withStart(after, { mode: 'after', amount: 3, unit: 'DAYS' }, 'e')
  expect(Object.keys(later.configuration.actions).sort()).toEqual(['c', 'd'])
  expect(withStart(later, { mode: 'at' }, 'e')).toEqual(bare)
})

test('an automation with nothing in it can start after the date too', () => {
  const empty = whole({ name: 'a' })
  const after = withStart(empty, { mode: 'after', amount: 2, unit: 'HOURS' }, 'd')
  expect(startOf(after)).toEqual({ mode: 'after', amount: 2, unit: 'HOURS' })
  expect(withStart(after, { mode: 'at' }, 'e')).toEqual(empty)
})

test('a start before, by what the data say', () => {
  const start: Start = { mode: 'formula', expression: '{{var("lead")}}', unit: 'DAYS' }
  expect(startOf(withStart(bare, start, 'd'))).toEqual(start)
})

test('any start that is set is read as it was, whatever stood there before', () => {
  const start = fc.oneof<fc.Arbitrary<Start>[]>(
    fc.constant({ mode: 'at' }),
    fc.record({
      mode: fc.constantFrom('before' as const, 'after' as const),
      amount: fc.integer({ min: 1, max: 999 }),
      unit: fc.constantFrom(...timeUnits),
    }),
  )
  fc.assert(
    fc.property(fc.array(start, { minLength: 1, maxLength: 4 }), (all) => {
      let a = bare
      all.forEach((s, i) => {
        a = withStart(a, s, `d${i}`)
        expect(startOf(a)).toEqual(s)
      })
      expect(withStart(a, { mode: 'at' }, 'x')).toEqual(bare)
    }),
  )
})
