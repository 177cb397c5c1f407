import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Comparison,
  type Operator,
  operatorsOf,
  readComparison,
  takes,
  withOperator,
  writeComparison,
} from './condition'

test.each<[string, Comparison]>([
  ['{{stringEq(var("city");"New%20York")}}', { path: 'city', operator: 'is', values: ['New York'] }],
  [
    '{{not(stringEq(var("city");var("home")))}}',
    { path: 'city', operator: 'isNot', values: [{ path: 'home' }] },
  ],
  ['{{gt(seats;8)}}', { path: 'seats', operator: 'greater', values: [8] }],
  ['{{contains(["a","b"];var("service"))}}', { path: 'service', operator: 'isOneOf', values: ['a', 'b'] }],
  ['{{contains(var("tags");"vip")}}', { path: 'tags', operator: 'has', values: ['vip'] }],
  ['{{boolEq(var("paid");true)}}', { path: 'paid', operator: 'isTrue', values: [] }],
  ['{{paid}}', { path: 'paid', operator: 'isTrue', values: [] }],
  ['{{not(not(paid))}}', { path: 'paid', operator: 'isTrue', values: [] }],
  ['{{not(isEmpty(var("phone")))}}', { path: 'phone', operator: 'isNotEmpty', values: [] }],
  ['{{numberGt(arraySize(var("lines"));2)}}', { path: 'lines', operator: 'sizeGreater', values: [2] }],
  [
    '{{dateTimeBefore(var("at");"2026-12-01T09:00:00Z")}}',
    { path: 'at', operator: 'before', values: ['2026-12-01T09:00:00Z'] },
  ],
])('%s is read', (formula, want) => {
  expect(readComparison(formula)).toEqual(want)
})

test.each([
  '',
  'x',
  '{{gt(sum(a;b);1)}}',
  '{{and(a;b)}}',
  '{{gt(8;seats)}}',
  '{{boolEq(paid;other)}}',
  '{{contains(var("a");var("b")',
  '{{stringEq(a;upper(b))}}',
])('%j is no comparison', (formula) => {
  expect(readComparison(formula)).toBeUndefined()
})

const operators = [
  ...new Set(
    [{ kind: 'unknown' }, { kind: 'array' }, { kind: 'string', format: 'date-time' }].flatMap((f) =>
      operatorsOf({ many: false, ...f } as never),
    ),
  ),
]

test('a comparison that is written is read as it was', () => {
  const operand = {
    text: fc.string(),
    number: fc.integer(),
    date: fc.constant('2026-12-01'),
    dateTime: fc.constant('2026-12-01T09:00:00Z'),
  }
  const comparison = fc.constantFrom<Operator>(...operators).chain((operator) => {
    const t = takes(operator)
    const values: fc.Arbitrary<Comparison['values']> =
      t === 'nothing'
        ? fc.constant([])
        : t === 'texts'
          ? fc.array(operand.text)
          : fc.tuple(fc.oneof(operand[t], fc.constant({ path: 'other' })))
    return values.map((v): Comparison => ({ path: 'a.b', operator, values: v }))
  })
  fc.assert(
    fc.property(comparison, (c) => {
      expect(readComparison(writeComparison(c))).toEqual(c)
    }),
  )
})

test('each kind of field has operators of its own', () => {
  expect(operatorsOf({ kind: 'boolean', many: false })[0]).toBe('isTrue')
  expect(operatorsOf({ kind: 'string', format: 'date-time', many: false })[0]).toBe('before')
  expect(operatorsOf({ kind: 'string', many: true })[0]).toBe('has')
  expect(operatorsOf({ kind: 'string', format: 'number', many: false })[0]).toBe('equals')
})

test('values stay with another operator where they fit', () => {
  const is: Comparison = { path: 'n', operator: 'is', values: ['8'] }
  expect(withOperator(is, 'isNot').values).toEqual(['8'])
  expect(withOperator(is, 'greater').values).toEqual([8])
  expect(withOperator(is, 'isOneOf').values).toEqual(['8'])
  expect(withOperator(is, 'isEmpty').values).toEqual([])
  expect(withOperator(is, 'onDay').values).toEqual([])
  expect(withOperator({ ...is, operator: 'isOneOf', values: ['a', 'b'] }, 'is').values).toEqual(['a'])
})
