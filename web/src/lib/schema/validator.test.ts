import { expect, test } from 'vitest'
import { breaches, validatorOf } from './validator'

const schema = {
  type: 'object',
  required: ['to', 'lines'],
  additionalProperties: false,
  properties: {
    to: { type: 'string', format: 'email', minLength: 3 },
    seats: { type: 'integer', minimum: 1 },
    kind: { enum: ['a', 'b'] },
    lines: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' } } },
    },
  },
}

test.each<[string, unknown, unknown[]]>([
  ['nothing', { to: 'a@b.ch', lines: [{ sku: 'x' }] }, []],
  [
    'what is missing',
    {},
    [
      { path: ['to'], rule: 'required', limit: undefined },
      { path: ['lines'], rule: 'required', limit: undefined },
    ],
  ],
  [
    'a field of an item',
    { to: 'a@b.ch', lines: [{ sku: 'x' }, {}] },
    [{ path: ['lines', 1, 'sku'], rule: 'required', limit: undefined }],
  ],
  [
    'a type',
    { to: 'a@b.ch', lines: [{ sku: 1 }] },
    [{ path: ['lines', 0, 'sku'], rule: 'type', limit: 'string' }],
  ],
  [
    'a bound',
    { to: 'a@b.ch', lines: [], seats: 0 },
    [
      { path: ['seats'], rule: 'minimum', limit: 1 },
      { path: ['lines'], rule: 'minItems', limit: 1 },
    ],
  ],
  [
    'a list of values',
    { to: 'a@b.ch', lines: [{ sku: '' }], kind: 'c' },
    [{ path: ['kind'], rule: 'enum', limit: ['a', 'b'] }],
  ],
])('%s', (_, value, want) => {
  expect(breaches(schema, value)).toEqual(want)
})

test('a schema that cannot be read is broken by nothing', () => {
  expect(breaches({ $ref: '#/nowhere' }, 1)).toEqual([])
})

test('forms get errors at their fields', () => {
  const validator = validatorOf((b) => `${b.path.join('/')} breaks ${b.rule}`)
  const { errors, errorSchema } = validator.validateFormData({ lines: [{}] }, schema as never)
  expect(errors.map((e) => [e.property, e.message])).toEqual([
    ['.to', 'to breaks required'],
    ['.lines[0].sku', 'lines/0/sku breaks required'],
  ])
  expect(errorSchema).toMatchObject({ lines: { 0: { sku: { __errors: ['lines/0/sku breaks required'] } } } })
  expect(
    validator.isValid({ $ref: '#/$defs/a' } as never, 1, { $defs: { a: { type: 'number' } } } as never),
  ).toBe(true)
})
