import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Piece, wordChanges } from './words'

const shown = (pieces: Piece[]) => pieces.map((p) => (p.own ? `[${p.text}]` : p.text)).join('')

test.each([
  ['See you tomorrow!', 'See you tomorrow, Ana!', 'See you [tomorrow!]', 'See you [tomorrow, Ana!]'],
  ['at ten', 'at ten sharp', 'at ten', 'at ten[ sharp]'],
  ['', 'new', '', '[new]'],
  ['same', 'same', 'same', 'same'],
])('%j becomes %j', (from, to, left, right) => {
  const found = wordChanges(from, to)
  expect([shown(found.from), shown(found.to)]).toEqual([left, right])
})

test('pieces put together are the texts, and what is shared is the same in both', () => {
  const text = fc.array(fc.constantFrom('a', 'b', ' ', '\n', 'c d')).map((l) => l.join(''))
  fc.assert(
    fc.property(text, text, (from, to) => {
      const found = wordChanges(from, to)
      const whole = (pieces: Piece[]) => pieces.map((p) => p.text).join('')
      const shared = (pieces: Piece[]) => whole(pieces.filter((p) => !p.own))
      expect([whole(found.from), whole(found.to)]).toEqual([from, to])
      expect(shared(found.from)).toBe(shared(found.to))
    }),
  )
})
