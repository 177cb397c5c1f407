import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatOf, schemaOf } from './infer'
import { breaches } from './validator'

test('a payload gives types, formats, titles and examples', () => {
  const { schema, omitted } = schemaOf({
    bookingId: '0b7f6f6e-6c1d-4f0a-9a53-2f1c5b3a7d10',
    startTime: '2026-12-01T10:00:00+01:00',
    guest_email: 'ada@example.com',
    partySize: 4,
    price: 12.5,
    paid: true,
    contact: { firstName: 'Ada', address: { city: 'London' } },
    lines: [{ sku: 'a', qty: 1 }, { sku: 'b' }],
  })
  expect(schema.properties?.startTime).toEqual({
    type: 'string',
    format: 'date-time',
    title: 'Start time',
    examples: ['2026-12-01T10:00:00+01:00'],
  })
  const formats = Object.entries(schema.properties ?? {}).map(([k, p]) =>
    `${k}: ${p.title}, ${p.type} ${p.format ?? ''}`.trim(),
  )
  expect(formats).toEqual([
    'bookingId: Booking ID, string uuid',
    'startTime: Start time, string date-time',
    'guest_email: Guest email, string email',
    'partySize: Party size, integer',
    'price: Price, number',
    'paid: Paid, boolean',
    'contact: Contact, object',
    'lines: Lines, array',
  ])
  expect(schema.properties?.lines?.items).toEqual({
    type: 'object',
    properties: { sku: { type: 'string', title: 'SKU' }, qty: { type: 'integer', title: 'Qty' } },
    required: ['sku'],
  })
  expect(schema.properties?.contact?.examples).toEqual([{ firstName: 'Ada' }])
  expect(omitted).toEqual([{ path: 'contact.address', reason: 'deep' }])
})

test.each([
  ['a key with a dash', { 'a-b': 1 }, { path: 'a-b', reason: 'key' }],
  ['null', { a: null }, { path: 'a', reason: 'null' }],
  ['a list of texts', { tags: ['a'] }, { path: 'tags', reason: 'list' }],
  ['an empty list', { tags: [] }, { path: 'tags', reason: 'empty' }],
  ['an object of nothing', { a: {} }, { path: 'a', reason: 'empty' }],
])('%s is told to be left out', (_, payload, want) => {
  expect(schemaOf(payload)).toEqual({
    schema: { type: 'object', properties: {}, required: [] },
    omitted: [want],
  })
})

test.each([
  ['2026-12-01', 'date'],
  ['2026-13-41', undefined],
  ['2026-12-01T10:00:00', undefined],
  ['https://example.com/a?b', 'uri'],
  ['hello', undefined],
  ['', undefined],
])('the format of %j is %s', (text, want) => {
  expect(formatOf(text)).toBe(want)
})

test('a schema takes the payload that it was made of', () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  )
  const flat = fc.dictionary(fc.string(), scalar, { maxKeys: 4 })
  const payload = fc.dictionary(
    fc.string(),
    fc.oneof(scalar, flat, fc.array(flat, { maxLength: 3 }), fc.array(scalar, { maxLength: 3 })),
    { maxKeys: 6 },
  )
  fc.assert(
    fc.property(payload, (p) => {
      const { schema } = schemaOf(p)
      const told = Object.fromEntries(Object.entries(p).filter(([k]) => k in (schema.properties ?? {})))
      // A list may hold an integer in one item and a fraction in another, and so on.
      const single = Object.fromEntries(Object.entries(told).filter(([, v]) => !Array.isArray(v)))
      const broken = breaches({ ...schema, required: [] }, single).filter((b) => b.rule !== 'format')
      expect(broken).toEqual([])
    }),
  )
})
