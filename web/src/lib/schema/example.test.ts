import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exampleOf, examplePayload } from './example'
import type { JsonSchema } from './schema'
import { breaches } from './validator'

const now = new Date('2026-11-25T18:42:30Z')

test.each<[string, JsonSchema, unknown]>([
  ['its example', { type: 'string', examples: ['Ada'], default: 'x' }, 'Ada'],
  ['its default', { type: 'number', default: 3, enum: [1] }, 3],
  ['the first of a list of values', { enum: ['a', 'b'] }, 'a'],
  ['a constant', { const: 5 }, 5],
  [
    'a bare example of a list',
    { type: 'array', items: { type: 'object' }, examples: [{ a: 1 }] },
    [{ a: 1 }],
  ],
  ['a list of examples of a list', { type: 'array', examples: [[1], [2]] }, [1]],
  ['a date in a week', { type: 'string', format: 'date' }, '2026-12-02'],
  ['a date-time in a week', { type: 'string', format: 'date-time' }, '2026-12-02T18:00:00Z'],
  [
    'a future date before its old example',
    { type: 'string', format: 'date-time', futureDate: true, examples: ['2020-01-01T00:00:00Z'] },
    '2026-12-02T18:00:00Z',
  ],
  ['a number within bounds', { type: 'integer', minimum: 50, maximum: 52 }, 50],
  ['a number below', { type: 'number', exclusiveMaximum: 1 }, 0.5],
  ['a multiple', { type: 'integer', multipleOf: 10, maximum: 45 }, 40],
  ['text of a length', { type: 'string', minLength: 9 }, 'Example..'],
  ['short text', { type: 'string', maxLength: 3 }, 'Exa'],
  [
    'all properties',
    { properties: { a: { type: 'boolean' }, b: { type: 'object', properties: {} } } },
    { a: true, b: {} },
  ],
  ['one of several', { anyOf: [{ type: 'boolean' }, { type: 'string' }] }, true],
  [
    'what is referred to',
    { $defs: { a: { type: 'boolean' } }, properties: { x: { $ref: '#/$defs/a' } } },
    { x: true },
  ],
  ['text where nothing is said', {}, 'text'],
])('%s', (_, schema, want) => {
  expect(exampleOf(schema, now)).toEqual(want)
})

test('a schema that refers to itself ends', () => {
  const schema: JsonSchema = { type: 'object', properties: { next: { $ref: '#' } } }
  expect(JSON.stringify(exampleOf(schema, now)).length).toBeLessThan(500)
})

test('an example breaks nothing of its schema', () => {
  const leaf: fc.Arbitrary<JsonSchema> = fc.oneof(
    fc.record({
      type: fc.constant('string'),
      format: fc.constantFrom('date', 'date-time', 'email', 'uri', 'uuid'),
    }),
    fc.record({ type: fc.constant('string'), minLength: fc.nat(20) }),
    fc.record({ type: fc.constant('integer'), minimum: fc.integer({ min: -100, max: 100 }) }),
    fc.record({ type: fc.constant('number'), maximum: fc.integer({ min: -100, max: 100 }) }),
    fc.record({ type: fc.constant('boolean') }),
    fc.record({ enum: fc.array(fc.string(), { minLength: 1 }) }),
  )
  const schema = fc.letrec<{ any: JsonSchema }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('any'), { maxKeys: 3 }).map((properties) => ({
        type: 'object',
        properties,
        required: Object.keys(properties),
      })),
      fc.record({ type: fc.constant('array'), items: tie('any'), minItems: fc.nat(3) }),
    ),
  })).any
  fc.assert(
    fc.property(schema, (s) => {
      expect(breaches(s, exampleOf(s, now))).toEqual([])
    }),
  )
})

test('a payload is an object whatever the schema says', () => {
  expect(examplePayload({ type: 'string' }, now)).toEqual({})
  expect(examplePayload(undefined, now)).toEqual({})
})
