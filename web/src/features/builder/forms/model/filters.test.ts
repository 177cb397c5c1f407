import fc from 'fast-check'
import { expect, test } from 'vitest'
import { filterFor, offersOf, ownFilters, readFilter, withChosen, writeFilter } from './filters'

const declared = [
  {
    id: 'A1',
    fieldKeyType: 'STATIC_FIELD_KEY',
    staticFieldKey: 'service',
    valueInput: {
      type: 'STATIC_ITEMS',
      label: 'Which service?',
      staticItems: {
        multiSelect: true,
        staticValues: [{ id: 'x', value: 'cut', displayName: 'Haircut' }, { value: 'dye' }],
      },
    },
    followUpFilters: [
      {
        id: 'a2',
        staticFieldKey: 'seats',
        valueInput: {
          type: 'USER_INPUT',
          label: 'Seats',
          required: true,
          userInput: { type: 'NUMBER', numberInputOptions: { minValue: 1 } },
        },
      },
    ],
  },
  { id: 'a3', staticFieldKey: 'lines[0].sku', valueInput: { type: 'ENTITY_SELECTOR', label: 'Product' } },
  { id: 'a4', fieldKeyType: 'DYNAMIC_FIELD_KEY', valueInput: { label: 'Known to the app alone' } },
]
const offers = offersOf(declared)

test('offers are read', () => {
  expect(offers).toEqual([
    {
      id: 'A1',
      fieldKey: 'service',
      label: 'Which service?',
      required: false,
      input: {
        kind: 'choice',
        many: true,
        options: [
          { value: 'cut', label: 'Haircut' },
          { value: 'dye', label: 'dye' },
        ],
      },
      followUps: [
        {
          id: 'a2',
          fieldKey: 'seats',
          label: 'Seats',
          required: true,
          input: { kind: 'number', least: 1 },
          followUps: [],
        },
      ],
    },
    {
      id: 'a3',
      fieldKey: 'lines[0].sku',
      label: 'Product',
      required: false,
      input: { kind: 'values', many: true },
      followUps: [],
    },
  ])
  expect(offersOf(undefined)).toEqual([])
})

test.each([
  ['service', ['cut', 'a "b"'], '{{contains(["cut","a %22b%22"];var("service"))}}'],
  ['paid', [true], '{{boolEq(var("paid");true)}}'],
  ['seats', [5], '{{numberEq(var("seats");5)}}'],
  ['lines[0].sku', ['a'], '{{arraySome(["a"];contains(var("lines[0].sku");$_))}}'],
])('a filter on %s is written and read', (key, chosen, want) => {
  expect(writeFilter(key, chosen)).toBe(want)
  expect(readFilter(key, want)).toEqual(chosen)
})

test.each([
  '{{gt(seats;1)}}',
  '{{contains(["a"];var("other"))}}',
  '{{contains([var("a")];var("seats"))}}',
  'x',
])('%s is no choice', (expression) => {
  expect(readFilter('seats', expression)).toBeUndefined()
})

test('whatever is chosen is read as it was', () => {
  const chosen = fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean()))
  fc.assert(
    fc.property(chosen, fc.constantFrom('a', 'a[0].b', 'a.b'), (values, key) => {
      expect(readFilter(key, writeFilter(key, values))).toEqual(values)
    }),
  )
})

test('taking up an offer and leaving it', () => {
  const [service] = offers
  if (!service) throw new Error('no offer')
  const own = { id: 'own', fieldKey: 'paid', filterExpression: '{{paid}}' }
  const one = withChosen([own], service, ['cut'])
  expect(one.map((f) => f.fieldKey)).toEqual(['paid', 'service'])
  expect(ownFilters(one, offers)).toEqual([own])
  const two = withChosen(one, service.followUps[0] as never, [3])
  const changed = withChosen(two, service, ['dye'])
  expect(readFilter('service', filterFor(changed, service)?.filterExpression ?? '')).toEqual(['dye'])
  expect(withChosen(changed, service, [])).toEqual([own])
})
