import { expect, test } from 'vitest'
import { legible } from './legible'

const titles = (path: string) => (path === 'name' ? "Customer's name" : undefined)

test.each([
  ['See you, {{var("name")}}!', "See you, ‹Customer's name›!"],
  ['{{upper(var("name"))}} at {{var("when")}}', "upper(‹Customer's name›) at ‹when›"],
  [['a', '{{1}}'], 'a\n1'],
  [true, 'true'],
  [undefined, ''],
  [
    { offsetExpression: '{{2}}', offsetTimeUnit: 'HOURS', postActionIds: ['x'] },
    'Offset expression: 2\nOffset time unit: HOURS',
  ],
  [{ paths: [{ id: 'a', name: 'A', postActionId: 'x' }] }, 'Name: A'],
])('%j', (value, want) => {
  expect(legible(value, titles)).toBe(want)
})
