import { expect, test } from 'vitest'
import { literalNumber, readable } from './describe'

test.each([
  ['2', 2],
  ['{{2}}', 2],
  ['{{ 1.5 }}', 1.5],
  ['{{var("n")}}', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s is the number %s', (text, want) => expect(literalNumber(text)).toBe(want))

test('fields in a text are read by their titles', () => {
  const title = (path: string) => ({ name: 'Customer’s name' })[path]
  expect(readable('Hello {{var("name")}},\n\nfrom {{var("who")}}: {{sum(1;2)}}', title)).toBe(
    'Hello ‹Customer’s name›, from ‹who›: ‹…›',
  )
})
