import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StreamReader } from './parse'

const text = [
  'retry: 2000\n\n',
  'id: a-1\nevent: activation\ndata: {"kind":"activation"}\n\n',
  ': alive\n\n',
  'id: a-2\ndata:first\ndata: second\n\n',
  'event: lonely\n\n',
  'id: a-3\r\nevent: mail\r\ndata: {}\r\n\r\n',
].join('')

const messages = [
  { id: 'a-1', event: 'activation', data: '{"kind":"activation"}' },
  { id: 'a-2', event: 'message', data: 'first\nsecond' },
  { id: 'a-3', event: 'mail', data: '{}' },
]

test('messages are read, comments and what has no data are not', () => {
  expect(new StreamReader().read(text)).toEqual(messages)
})

test('wherever a stream is cut, it holds the same messages', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: text.length })), (cuts) => {
      const reader = new StreamReader()
      const places = [0, ...cuts.sort((a, b) => a - b), text.length]
      const got = places.slice(1).flatMap((to, i) => reader.read(text.slice(places[i], to)))
      expect(got).toEqual(messages)
    }),
  )
})

test('a message that is not ended is not there yet', () => {
  const reader = new StreamReader()
  expect(reader.read('data: x\n')).toEqual([])
  expect(reader.read('\n')).toHaveLength(1)
})
