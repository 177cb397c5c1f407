import { expect, test } from 'vitest'
import {
  parseSchema,
  propertiesOf,
  renamed,
  type SchemaDoc,
  wayOf,
  withChange,
  withNew,
  without,
} from './properties'

const schema: SchemaDoc = {
  type: 'object',
  required: ['start', 'name'],
  'x-own': 1,
  properties: {
    name: { type: 'string', title: 'Name', examples: ['Ada'], 'x-kept': true },
    start: {
      type: 'string',
      format: 'date-time',
      futureDate: true,
      title: 'Start',
      examples: ['2030-06-01T09:00:00Z'],
    },
    lines: {
      type: 'array',
      title: 'Lines',
      examples: [[{ quantity: 1 }]],
      items: { type: 'object', properties: { quantity: { type: 'integer', title: 'Quantity' } } },
    },
  },
}

test('properties are listed with those inside them', () => {
  const list = propertiesOf(schema)
  expect(list.map((p) => [p.key, p.type, p.required, p.example])).toEqual([
    ['name', 'string', true, 'Ada'],
    ['start', 'string', true, '2030-06-01T09:00:00Z'],
    ['lines', 'array', false, '[{"quantity":1}]'],
  ])
  expect(list[1]?.futureDate).toBe(true)
  expect(list[2]?.inside?.map((p) => p.way)).toEqual([['lines', 'quantity']])
})

test('an edit keeps what the form does not show', () => {
  const next = withChange(schema, ['name'], { title: 'Full name', required: false })
  expect(next['x-own']).toBe(1)
  expect((next.properties as SchemaDoc).name).toEqual({
    type: 'string',
    title: 'Full name',
    examples: ['Ada'],
    'x-kept': true,
  })
  expect(next.required).toEqual(['start'])
  expect(schema.required).toEqual(['start', 'name'])
})

test('a new type drops what does not go with it', () => {
  const start = propertiesOf(withChange(schema, ['start'], { type: 'integer' }))[1]
  expect(start).toMatchObject({ type: 'integer', format: '', futureDate: false, example: '1' })
  const nested = withChange(schema, ['lines', 'quantity'], { type: 'string' })
  expect(propertiesOf(nested)[2]?.inside?.[0]?.type).toBe('string')
})

test('a property is added, renamed in its place, and removed', () => {
  const { doc, way } = withNew(schema, [])
  expect(way).toEqual(['property1'])
  const named = renamed(doc, ['name'], 'customer')
  expect(Object.keys(named?.properties as object)).toEqual(['customer', 'start', 'lines', 'property1'])
  expect(named?.required).toEqual(['start', 'customer'])
  expect(renamed(doc, ['name'], 'start')).toBeUndefined()
  expect(without(schema, ['name']).required).toEqual(['start'])
  expect(withNew(schema, ['lines']).way).toEqual(['lines', 'property1'])
})

test('a pointer leads to its property', () => {
  expect(wayOf('/properties/start/format')).toEqual(['start'])
  expect(wayOf('/properties/lines/items/properties/quantity/type')).toEqual(['lines', 'quantity'])
  expect(wayOf('/required/0')).toBeUndefined()
})

test('only an object is a schema', () => {
  expect(parseSchema('[]')).toBeUndefined()
  expect(parseSchema('{"a":')).toBeUndefined()
  expect(parseSchema('{"type":"object"}')).toEqual({ type: 'object' })
})
