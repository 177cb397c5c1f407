import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Expression, readExpression, readFormula, writeExpression, writeFormula } from './expression'

const field = (path: string): Expression => ({ kind: 'field', path })
const call = (name: string, ...args: Expression[]): Expression => ({ kind: 'call', name, args })
const text = (value: string): Expression => ({ kind: 'text', value })
const number = (value: number): Expression => ({ kind: 'number', value })

test.each<[string, Expression]>([
  ['var("contact.name")', field('contact.name')],
  ["var('contact.name')", field('contact.name')],
  ['var( contact.name )', field('contact.name')],
  ['lines[0].sku', field('lines[0].sku')],
  ['true', { kind: 'boolean', value: true }],
  ['null', { kind: 'null' }],
  ['-1.5', number(-1.5)],
  ['"New%20York"', text('New York')],
  ['"100%"', text('100%')],
  ["'it is'", text('it is')],
  ['[1, "a"]', { kind: 'list', items: [number(1), text('a')] }],
  ['now()', call('now')],
  ['sum( 1 ; var("x") )', call('sum', number(1), field('x'))],
  [
    'arraySome(tags;eq($_.n;1))',
    call('arraySome', field('tags'), call('eq', { kind: 'item', path: 'n' }, number(1))),
  ],
])('%s', (source, want) => {
  expect(readExpression(source)).toEqual(want)
})

test.each(['', 'a b', 'sum(1', 'sum(1,2)', 'var()', 'var("a"', '"a', '[1', '1 + 2', '$a', 'f(;)', 'f(1;)'])(
  '%j is no expression',
  (source) => {
    expect(readExpression(source)).toBeUndefined()
  },
)

test('a formula is one expression in braces', () => {
  expect(readFormula(' {{ n }} ')).toEqual(field('n'))
  expect(readFormula('{{a}} and {{b}}')).toBeUndefined()
  expect(readFormula('n')).toBeUndefined()
})

test('what is written is read as it was', () => {
  const path = fc
    .stringMatching(/^[a-z][a-zA-Z0-9_]{0,8}(\[0\])?(\.[a-z][a-z0-9]{0,4})?$/)
    .filter((p) => !['true', 'false', 'null'].includes(p))
  const expression = fc.letrec<{ any: Expression }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.record({ kind: fc.constant('field' as const), path }),
      fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'grapheme' }) }),
      fc.record({
        kind: fc.constant('number' as const),
        value: fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((n) => Math.round(n * 1000) / 1000 || 0),
      }),
      fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
      fc.record({ kind: fc.constant('list' as const), items: fc.array(tie('any'), { maxLength: 3 }) }),
      fc.record({
        kind: fc.constant('call' as const),
        name: fc.constantFrom('sum', 'concat', 'not'),
        args: fc.array(tie('any'), { maxLength: 3 }),
      }),
    ),
  })).any
  fc.assert(
    fc.property(expression, (e) => {
      expect(readExpression(writeExpression(e))).toEqual(e)
      expect(readFormula(writeFormula(e))).toEqual(e)
    }),
  )
})

test('whatever is read, reading ends', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '}', '(', ')', '[', '"', ';', 'a', '$', '_', '1', '.', ' ') }),
      (s) => void readFormula(s),
    ),
  )
})
