import { expect, test } from 'vitest'
import { asObject, parseObject } from './json'

test('only an object is one', () => {
  expect(parseObject('{"a":1}')).toEqual({ a: 1 })
  for (const no of ['[1]', 'null', '{', '3']) expect(parseObject(no)).toBeUndefined()
  for (const no of [[1], null, undefined, 3]) expect(asObject(no)).toEqual({})
})
