import { expect, test } from 'vitest'
import type { CatalogAction } from './catalog'
import { newStep, stepTypes } from './newStep'
import { row } from './testing'

const email: CatalogAction = {
  appId: 'belay',
  actionKey: 'send_email',
  displayName: 'Send an email',
  inputSchema: {},
}
const counter = () => {
  let n = 0
  return () => `id${n++}`
}

test('a new email goes to the first address that there is', () => {
  const seen = { properties: { name: { type: 'string' }, mail: { type: 'string', format: 'email' } } }
  expect(newStep({ kind: 'action', action: email }, row(), seen, counter())).toMatchObject({
    id: 'id0',
    namespace: 'send_email',
    appDefinedInfo: { actionKey: 'send_email', inputMapping: { to: '{{var("mail")}}' } },
  })
})

test('a second step of one action has a namespace of its own', () => {
  const a = row('x')
  const x = a.configuration.actions.x
  if (x) x.namespace = 'send_email'
  expect(newStep({ kind: 'action', action: email }, a, {}, counter()).namespace).toBe('send_email_2')
})

test.each(stepTypes)('a new %s has what its kind needs', (type) => {
  const made = newStep({ kind: 'type', type }, row(), {}, counter())
  expect(made.type).toBe(type)
  expect(Object.keys(made).filter((key) => key.endsWith('Info'))).toHaveLength(1)
})
