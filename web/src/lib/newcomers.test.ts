import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newcomers } from './newcomers'

test.each([
  ['nothing has changed', ['b', 'a'], ['b', 'a'], 0],
  ['two have come', ['d', 'c', 'b', 'a'], ['b', 'a'], 2],
  ['one has come and the first has gone', ['c', 'a'], ['b', 'a'], 1],
  ['older rows were asked for', ['b', 'a'], ['b'], 0],
  ['the list is another one', ['z', 'y'], ['b', 'a'], 0],
  ['there were no rows', ['a'], [], 0],
  ['there are no rows', [], ['a'], 0],
])('%s', (_, ids, shown, want) => {
  expect(newcomers(ids, new Set(shown))).toBe(want)
})

test('a row that was shown never counts as new', () => {
  const ids = fc.uniqueArray(fc.string())
  fc.assert(
    fc.property(ids, ids, (rows, shown) => {
      const known = new Set(shown)
      const n = newcomers(rows, known)
      expect(rows.slice(0, n).filter((id) => known.has(id))).toEqual([])
    }),
  )
})
