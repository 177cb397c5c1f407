import { expect, test } from 'vitest'
import { fieldAt, fieldsOf, searched } from './fields'

const schema = {
  type: 'object',
  properties: {
    customer: { type: 'string', title: 'Customer', description: 'Who booked.' },
    startsAt: { type: 'string', format: 'date-time' },
    contact: {
      type: 'object',
      title: 'Contact',
      properties: { email: { type: 'string', format: 'email', title: 'Mail' } },
    },
    lines: {
      type: 'array',
      title: 'Lines',
      items: { type: 'object', properties: { sku: { type: 'string' } } },
    },
    tags: { type: 'array', items: { type: 'string' } },
  },
}
const fields = fieldsOf(schema, { customer: 'Ada', contact: { email: 'a@b.c' }, lines: [{ sku: 'x' }] })

test('every value of a schema is a field', () => {
  expect(fields).toEqual([
    {
      path: 'customer',
      title: 'Customer',
      within: [],
      kind: 'string',
      many: false,
      description: 'Who booked.',
      example: 'Ada',
    },
    { path: 'startsAt', title: 'Starts at', within: [], kind: 'string', many: false, format: 'date-time' },
    {
      path: 'contact',
      title: 'Contact',
      within: [],
      kind: 'object',
      many: false,
      example: { email: 'a@b.c' },
    },
    {
      path: 'contact.email',
      title: 'Mail',
      within: ['Contact'],
      kind: 'string',
      many: false,
      format: 'email',
      example: 'a@b.c',
    },
    { path: 'lines', title: 'Lines', within: [], kind: 'array', many: false, example: [{ sku: 'x' }] },
    { path: 'lines[0].sku', title: 'SKU', within: ['Lines'], kind: 'string', many: true, example: 'x' },
    { path: 'tags', title: 'Tags', within: [], kind: 'array', many: false },
  ])
})

test('a field is found as it may be written', () => {
  expect(fieldAt(fields, 'lines.sku')?.path).toBe('lines[0].sku')
  expect(fieldAt(fields, 'contact.email')?.title).toBe('Mail')
  expect(fieldAt(fields, 'nothing')).toBeUndefined()
})

test('a search looks at titles, paths and what holds a field', () => {
  const found = (q: string) => searched(fields, q).map((f) => f.path)
  expect(found('contact mail')).toEqual(['contact.email'])
  expect(found('START')).toEqual(['startsAt'])
  expect(found('')).toHaveLength(fields.length)
  expect(found('zebra')).toEqual([])
})

test('a schema that refers to itself ends', () => {
  expect(fieldsOf({ properties: { next: { $ref: '#' } } }).length).toBeLessThan(20)
})
