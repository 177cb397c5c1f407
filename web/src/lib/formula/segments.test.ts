import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isUnfinished, rangeOf, segmentsOf } from './segments'

const told = (text: string) =>
  segmentsOf(text).map((s) => `${s.kind}:${s.kind === 'variable' ? s.path : text.slice(s.from, s.to)}`)

test.each<[string, string[]]>([
  ['', []],
  ['Hello', ['text:Hello']],
  ['Dear {{var("name")}}!', ['text:Dear ', 'variable:name', 'text:!']],
  ['{{ contact.name }}', ['variable:contact.name']],
  ['{{upper(name)}}{{n}}', ['formula:{{upper(name)}}', 'variable:n']],
  ['{{concat("}}";a)}} x', ['formula:{{concat("}}";a)}}', 'text: x']],
  ['a {{never closed', ['text:a {{never closed']],
  ['{{}}', ['formula:{{}}']],
  ['{ {a} }', ['text:{ {a} }']],
])('%j', (text, want) => {
  expect(told(text)).toEqual(want)
})

test('segments follow each other without gaps', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{{', '}}', '"', 'a', ' ', 'é', '{', '(') }), (text) => {
      const all = segmentsOf(text)
      expect(all.map((s) => text.slice(s.from, s.to)).join('')).toBe(text)
    }),
  )
})

test.each([
  ['abc', 2, 1, 'b'],
  ['é😀x{{', 3, 1, 'x'],
  ['😀', 1, 1, '😀'],
  ['ab', 3, 0, 'b'],
  ['ab', 9, 4, 'b'],
  ['', 1, 0, ''],
])('in %j, character %d and %d long is %j', (text, character, length, want) => {
  const { from, to } = rangeOf(text, character, length)
  expect(text.slice(from, to)).toBe(want)
})

test.each([
  ['Dear {{na', true],
  ['{{a}} {{"}}', true],
  ['{{a}} b', false],
  ['', false],
])('%j is unfinished: %s', (text, want) => {
  expect(isUnfinished(text)).toBe(want)
})
