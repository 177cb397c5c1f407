import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyFor, readVariables, type Variable, writeVariables } from './variables'

test('variables are read with titles and types', () => {
  const info = {
    outputMapping: { total: '{{sum(a;b)}}', at: '{{now()}}', n: 5 },
    outputSchema: {
      properties: { total: { type: 'number', title: 'Total' }, at: { type: 'string', format: 'date-time' } },
    },
  }
  expect(readVariables(info)).toEqual([
    { key: 'total', title: 'Total', value: '{{sum(a;b)}}', type: 'number' },
    { key: 'at', title: 'At', value: '{{now()}}', type: 'date-time' },
    { key: 'n', title: 'N', value: '5', type: 'other' },
  ])
  expect(writeVariables(readVariables(info), info).outputMapping).toEqual(info.outputMapping)
  expect(readVariables(undefined)).toEqual([])
})

test('variables that are written are read as they were', () => {
  const variable = fc.record({
    key: fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,8}$/),
    title: fc.string({ minLength: 1 }),
    value: fc.string(),
    type: fc.constantFrom('string' as const, 'number' as const, 'boolean' as const, 'date-time' as const),
  })
  fc.assert(
    fc.property(fc.uniqueArray(variable, { selector: (v: Variable) => v.key }), (all) => {
      expect(readVariables(writeVariables(all, { postActionIds: ['x'] }))).toEqual(all)
      expect(writeVariables(all, { postActionIds: ['x'] }).postActionIds).toEqual(['x'])
    }),
  )
})

test.each([
  ['Total price', [], 'totalPrice'],
  ['Total price', ['totalPrice', 'totalPrice2'], 'totalPrice3'],
  ['2nd', [], 'variable2nd'],
  ['الاسم', [], 'variable'],
])('the key of %j beside %j is %s', (title, taken, want) => {
  expect(keyFor(title, taken)).toBe(want)
})
