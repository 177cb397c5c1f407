import { expect, test } from 'vitest'
import { type Automation, gist, ordered, shown } from './model'

test('what would run stands first', () => {
  const list = ['INACTIVE', 'RUNS', 'SKIPPED', 'RUNS'].map(
    (outcome, i) => ({ outcome, name: String(i) }) as Automation,
  )
  expect(ordered(list).map((a) => a.name)).toEqual(['1', '3', '2', '0'])
})

test('gist leaves out dates and IDs', () => {
  expect(
    gist({
      id: 'e0000000-0000-4000-8000-000000000007',
      at: '2026-11-30T10:00:00Z',
      name: 'Ada',
      n: 3,
      city: 'Porto',
      more: 'x',
    }),
  ).toBe('Ada, Porto')
  expect(gist(null)).toBe('')
})

test('shown cuts what is long', () => {
  expect(shown('x'.repeat(90))).toHaveLength(81)
  expect(shown({ a: [1] })).toBe('{"a":[1]}')
})
