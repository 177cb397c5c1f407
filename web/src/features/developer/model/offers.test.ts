import { expect, test } from 'vitest'
import type { JsonSchema } from '@/lib/schema/schema'
import {
  added,
  changed,
  faultsOf,
  moved,
  newOffer,
  offersOf,
  parseOffers,
  removed,
  writeOffers,
} from './offers'

const schema: JsonSchema = {
  type: 'object',
  properties: {
    service: { type: 'string', title: 'Service', enum: ['Haircut', 'Colouring'] },
    party: { type: 'integer', title: 'Party' },
    member: { type: 'boolean', title: 'Is a member' },
    city: { type: 'string', title: 'City' },
    lines: {
      type: 'array',
      items: { type: 'object', properties: { sku: { type: 'string', title: 'Item' } } },
    },
  },
}

const ids = () => {
  let n = 0
  return () => `id-${++n}`
}

test('a filter begins as its field suggests', () => {
  const kindOf = (field: string) => offersOf([newOffer(schema, field, ids())])[0]
  expect(kindOf('service')).toMatchObject({
    label: 'Service',
    kind: 'choice',
    many: true,
    choices: [{ value: 'Haircut' }, { value: 'Colouring' }],
  })
  expect(kindOf('party')).toMatchObject({ label: 'Party', kind: 'number', least: undefined })
  expect(kindOf('member')).toMatchObject({ label: 'Is a member', kind: 'boolean', on: true })
  expect(kindOf('city')).toMatchObject({ label: 'City', kind: 'values', many: true })
  expect(kindOf('lines[0].sku')).toMatchObject({ label: 'Item', kind: 'values' })
  expect(kindOf('unheard')).toMatchObject({ label: '', kind: 'values' })
})

test('edits keep what the form does not show', () => {
  const list = [{ ...newOffer(schema, 'party', ids()), note: 'ours' }, newOffer(schema, 'city', ids())]
  const next = changed(
    list,
    [0],
    { label: 'Guests', least: 1, most: 8, description: 'All at one table' },
    ids(),
  )
  expect(next[0]).toMatchObject({
    note: 'ours',
    valueInput: {
      label: 'Guests',
      description: 'All at one table',
      userInput: { type: 'NUMBER', numberInputOptions: { minValue: 1, maxValue: 8 } },
    },
  })
  expect(next[1]).toBe(list[1])
  expect(changed(next, [0], { most: undefined, description: '' }, ids())[0]?.valueInput).toEqual({
    type: 'USER_INPUT',
    label: 'Guests',
    required: false,
    userInput: { type: 'NUMBER', numberInputOptions: { minValue: 1 } },
  })
})

test('another kind drops what went with the one before', () => {
  const list = [newOffer(schema, 'service', ids())]
  const next = changed(list, [0], { kind: 'boolean' }, ids())
  expect(next[0]?.valueInput).toEqual({
    label: 'Service',
    required: false,
    type: 'USER_INPUT',
    userInput: { type: 'BOOLEAN', booleanInputOptions: { defaultValue: true } },
  })
})

test('put onto another field it asks for that one; words of one’s own stay', () => {
  const list = [newOffer(schema, 'service', ids())]
  expect(offersOf(moved(list, [0], schema, 'party', ids()))[0]).toMatchObject({
    field: 'party',
    label: 'Party',
    kind: 'number',
    choices: [],
  })
  const own = changed(list, [0], { label: 'Which one?' }, ids())
  expect(offersOf(moved(own, [0], schema, 'party', ids()))[0]).toMatchObject({
    label: 'Which one?',
    kind: 'number',
  })
})

test('a filter can follow up on another, and goes with it', () => {
  let list = added([], [], newOffer(schema, 'member', ids()))
  list = added(list, [0], newOffer(schema, 'city', ids()))
  list = changed(list, [0, 0], { label: 'Where?' }, ids())
  expect(offersOf(list)[0]?.followUps).toMatchObject([{ way: [0, 0], label: 'Where?' }])
  expect(removed(list, [0, 0])[0]).not.toHaveProperty('followUpFilters')
  expect(removed(list, [0])).toEqual([])
})

test('what is typed is a list, or nothing', () => {
  expect(parseOffers(' ')).toEqual([])
  expect(parseOffers('[')).toBeUndefined()
  expect(parseOffers('{}')).toBeUndefined()
  expect(parseOffers('[1]')).toBeUndefined()
  expect(writeOffers([])).toBe('')
  expect(parseOffers(writeOffers([newOffer(schema, 'city', ids())]))).toHaveLength(1)
})

test('what keeps a filter from being offered is told at it', () => {
  const faults = (field: string, change: Parameters<typeof changed>[2] = {}) =>
    offersOf(changed([newOffer(schema, field, ids())], [0], change, ids())).flatMap((o) =>
      faultsOf(o, ['city', 'party', 'service']),
    )
  expect(faults('city')).toEqual([])
  expect(faults('')).toEqual(['noField'])
  expect(faults('gone')).toEqual(['unknownField'])
  expect(faults('service', { choices: [] })).toEqual(['noChoices'])
  expect(faults('city', { kind: 'choice' })).toEqual(['emptyChoice'])
  expect(faults('party', { least: 3, most: 2 })).toEqual(['bounds'])
  expect(
    faultsOf(
      {
        ...(offersOf([newOffer(schema, '', ids())])[0] as never as ReturnType<typeof offersOf>[0]),
        field: undefined,
      },
      [],
    ),
  ).toEqual([])
})
