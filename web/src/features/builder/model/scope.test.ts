import { expect, test } from 'vitest'
import { triggerId } from '@/features/flow/links'
import type { Catalog } from './catalog'
import { insert } from './edit'
import { seenBy, variables } from './scope'
import { row, step } from './testing'

const catalog: Catalog = [
  {
    id: 'app',
    name: 'Appointments',
    builtIn: false,
    triggers: [
      {
        appId: 'app',
        triggerKey: 'key',
        displayName: 'Appointment starts',
        payloadDataSchema: {
          type: 'object',
          properties: { email: { type: 'string', title: 'Email', examples: ['ines@example.com'] } },
        },
        filters: [],
        metadata: { hidden: false },
      },
    ],
    actions: [],
  },
  {
    id: 'be1a7000-0000-4000-8000-000000000001',
    name: 'Belay',
    builtIn: true,
    triggers: [],
    actions: [
      {
        appId: 'be1a7000-0000-4000-8000-000000000001',
        actionKey: 'notify',
        displayName: 'Notify',
        inputSchema: {},
        outputSchema: { type: 'object', properties: { inbox: { type: 'boolean' } } },
      },
    ],
  },
]

test('a step sees the payload and what steps before it give, not what comes after', () => {
  const a = row('first', 'second')
  const seen = seenBy(a, catalog, 'second', (id) => `Step ${id}`)
  expect(Object.keys(seen.properties ?? {})).toEqual(['email', 'ns_first'])
  expect(seen.properties?.ns_first).toMatchObject({
    title: 'Step first',
    properties: { inbox: { type: 'boolean' } },
  })
  expect(Object.keys(seenBy(a, catalog, 'first', String).properties ?? {})).toEqual(['email'])
})

test('variables that were set before are seen together', () => {
  const set = (name: string) => ({
    ...step('SET_VARIABLES', name),
    setVariablesInfo: { outputSchema: { type: 'object', properties: { [name]: { type: 'number' } } } },
  })
  let a = insert(row('end'), 'x', set('x'), { after: triggerId, port: 'next' })
  a = insert(a, 'y', set('y'), { after: 'x', port: 'next' })
  expect(
    Object.keys(seenBy(a, catalog, 'end', String).properties?.[variables]?.properties ?? {}).sort(),
  ).toEqual(['x', 'y'])
})
