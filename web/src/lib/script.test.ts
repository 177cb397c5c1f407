import { expect, test } from 'vitest'
import { faultOf, notGiven, parameterOf, pathsRead } from './script'

test.each([
  ['export default function (payload) { return true }', 'payload'],
  ['export default function decide( p ) {}', 'p'],
  ['const a = 1\nexport default (data) => data.ok', 'data'],
  ['export default it => it.ok', 'it'],
  ['export default ({ ok }) => ok', undefined],
  ['', undefined],
])('the parameter of %j is %s', (code, want) => {
  expect(parameterOf(code)).toBe(want)
})

test('what code reads is found once, not in texts, comments or other objects', () => {
  const code = `export default function (payload) {
    // payload.comment
    const other = "payload.text"
    return payload.total > 100 || payload.contact?.name.length > 2 || x.payload.no || payload.total
  }`
  expect(pathsRead(code)).toEqual(['total', 'contact.name.length'])
})

test('what code is not given is named by the nearest field there is', () => {
  const known = ['total', 'contact', 'contact.name', 'contact.email']
  const reading = (what: string) => `export default (payload) => ${what}`
  expect(notGiven(reading('payload.contact.name.length > 2'), ['total'], known)).toEqual(['contact.name'])
  expect(notGiven(reading('payload.contact.name'), ['contact'], known)).toEqual([])
  expect(notGiven(reading('payload.contact'), ['contact.name'], known)).toEqual([])
  expect(notGiven(reading('payload.unheard'), [], known)).toEqual([])
  expect(notGiven(reading('payload.totals'), [], known)).toEqual([])
})

test('a message says where the code is wrong', () => {
  expect(faultOf('2:5: a generator cannot be used here')).toEqual({
    message: 'a generator cannot be used here',
    line: 2,
    column: 5,
  })
  expect(faultOf('1:25 Unexpected end of input')).toMatchObject({ line: 1, column: 25 })
  expect(faultOf('the code has no default export')).toEqual({ message: 'the code has no default export' })
})
