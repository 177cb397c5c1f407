import { expect, test } from 'vitest'
import { aboutPayload } from './about'

const schema = {
  type: 'object',
  properties: {
    id: { type: 'string', format: 'uuid', title: 'Number' },
    customer: { type: 'string', title: 'Customer' },
    email: { type: 'string', title: 'Email', identityType: 'EMAIL' },
    inner: { type: 'string' },
    notes: { type: 'string', title: 'Notes' },
    seats: { type: 'integer', title: 'Seats' },
    place: { type: 'string', title: 'Place' },
  },
}

test('what something is about is told by the first fields that say something to people', () => {
  const payload = {
    place: 'Hall',
    seats: 4,
    id: 'x',
    email: 'a@b.c',
    inner: 'x',
    notes: ' ',
    customer: 'Ada',
  }
  expect(aboutPayload(payload, schema)).toBe('Ada · 4')
  expect(aboutPayload({ customer: 'A'.repeat(121), place: 'Hall' }, schema)).toBe('Hall')
})

test('nothing is said of what nobody declared', () => {
  expect(aboutPayload({ customer: 'Ada' }, undefined)).toBe('')
  expect(aboutPayload(null, schema)).toBe('')
})
