// @vitest-environment jsdom
import { describe, expect, test } from 'vitest'
import { type Automation, gist, ordered, shown, textOf } from './model'

test('what would run stands first', () => {
  const list = ['INACTIVE', 'RUNS', 'SKIPPED', 'RUNS'].map(
    (outcome, i) => ({ outcome, name: String(i) }) as Automation,
  )
  expect(ordered(list).map((a) => a.name)).toEqual(['1', '3', '2', '0'])
})

describe('textOf', () => {
  test('keeps lines, and none of what is not read', () => {
    expect(
      textOf('<style>p{}</style><p>Dear <b>Ada</b>,</p><p>see you &amp; yours</p><script>alert(1)</script>'),
    ).toBe('Dear Ada,\nsee you & yours')
  })
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
