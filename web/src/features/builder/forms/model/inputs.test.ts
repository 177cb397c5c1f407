import { expect, test } from 'vitest'
import { fromText, isLong, isSeldom, ordered, toText, wayOf, withField } from './inputs'

test('fields of built-in actions come in a careful order, those of others as declared, required ones first', () => {
  const email = {
    properties: { cc: {}, text: {}, subject: {}, to: {}, html: {}, replyTo: {} },
    required: ['to', 'subject'],
  }
  expect(ordered(email, true, 'send_email')).toEqual(['to', 'subject', 'text', 'html', 'cc', 'replyTo'])
  expect(ordered(email, false, 'send_email')).toEqual(['subject', 'to', 'cc', 'text', 'html', 'replyTo'])
  expect(isSeldom(true, 'send_email', 'cc')).toBe(true)
  expect(isSeldom(false, 'send_email', 'cc')).toBe(false)
})

test.each([
  [{ type: 'string' }, 'formula'],
  [{ type: 'number' }, 'formula'],
  [{}, 'formula'],
  [{ type: 'boolean' }, 'boolean'],
  [{ enum: ['a'] }, 'choice'],
  [{ type: 'array' }, 'list'],
  [{ type: 'object', properties: { a: {} } }, 'object'],
  [{ type: 'object', additionalProperties: { type: 'string' } }, 'pairs'],
  [{ type: 'object' }, 'json'],
  [{ anyOf: [{ type: 'array' }, { type: 'string' }] }, 'formula'],
  [{ $ref: '#/$defs/yes' }, 'boolean'],
])('%j is filled in as %s', (schema, want) => {
  expect(wayOf(schema, { $defs: { yes: { type: 'boolean' } } }).way).toBe(want)
})

test('an alternative keeps the title that stands around it', () => {
  expect(wayOf({ title: 'To', anyOf: [{ type: 'string', minLength: 3 }] }, {}).schema).toMatchObject({
    title: 'To',
    minLength: 3,
  })
})

test.each([
  ['5', { type: 'number' }, 5],
  ['-0.5', { type: 'number' }, -0.5],
  ['5 apples', { type: 'number' }, '5 apples'],
  ['{{n}}', { type: 'integer' }, '{{n}}'],
  ['true', { type: 'boolean' }, true],
  ['5', { type: 'string' }, '5'],
  ['', { type: 'string' }, undefined],
])('%j for %j is %j', (text, schema, want) => {
  expect(fromText(text, schema)).toEqual(want)
  if (want !== undefined) expect(toText(want)).toBe(text)
})

test('long texts, and fields that are set and taken out', () => {
  expect(isLong('message', {})).toBe(true)
  expect(isLong('url', { maxLength: 4096 })).toBe(false)
  expect(withField({ a: 1 }, 'a', undefined)).toEqual({})
  expect(withField({ a: 1 }, 'b', 2)).toEqual({ a: 1, b: 2 })
})
