import { expect, test } from 'vitest'
import { patched } from './patch'

test('a patch changes a copy', () => {
  const before = { type: 'object', properties: { 'a/b': { type: 'datetime' }, c: {} }, required: ['x', 'c'] }
  const after = patched(before, [
    { op: 'move', from: '/properties/a~1b', path: '/properties/a_b' },
    { op: 'replace', path: '/properties/a_b/type', value: 'string' },
    { op: 'add', path: '/properties/a_b/format', value: 'date-time' },
    { op: 'remove', path: '/required/0' },
  ])
  expect(JSON.stringify(after)).toBe(
    '{"type":"object","properties":{"a_b":{"type":"string","format":"date-time"},"c":{}},"required":["c"]}',
  )
  expect(before.required).toEqual(['x', 'c'])
})

test('a patch that does not fit changes nothing', () => {
  expect(patched({}, [{ op: 'remove', path: '/a' }])).toBeUndefined()
  expect(patched({}, [{ op: 'add', path: '/a/b', value: 1 }])).toBeUndefined()
  expect(patched([], [{ op: 'add', path: '/7', value: 1 }])).toBeUndefined()
  expect(patched({ a: 1, b: 2 }, [{ op: 'move', from: '/a', path: '/b' }])).toBeUndefined()
})

test('a patch cannot reach what all objects share', () => {
  const after = patched({}, [{ op: 'add', path: '/__proto__', value: { harm: true } }])
  expect(({} as { harm?: boolean }).harm).toBeUndefined()
  expect(Object.keys(after as object)).toEqual(['__proto__'])
})
