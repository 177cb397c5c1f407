import { expect, test } from 'vitest'
import type { AuditEntry } from '../queries'
import { actorOf, comparable, differences, sentenceOf } from './sentence'

const entry: AuditEntry = {
  id: '1',
  date: '2026-11-23T09:00:00Z',
  siteId: 's',
  operation: 'SWITCHED_OFF',
  kind: 'AUTOMATION',
  thing: 'a',
  name: 'Reminder',
  by: { name: 'Rui', userId: 'u' },
  previousRevision: '3',
  revision: '4',
}

test('an entry is told by what was done, to what', () => {
  expect(sentenceOf(entry)).toEqual({ act: 'off', kind: 'AUTOMATION', thing: 'Reminder', canceled: 0 })
})

test('a cancel that found nothing is told as such', () => {
  const cancel = (canceled: number): AuditEntry => ({
    ...entry,
    operation: 'CANCELED',
    kind: 'EXTERNAL_ENTITY',
    name: undefined,
    cancel: { canceled, inFlight: 0, ended: 0, triggerKey: 'appointment' },
  })
  expect(sentenceOf(cancel(0))).toMatchObject({ act: 'canceledNothing', thing: 'appointment' })
  expect(sentenceOf(cancel(2))).toMatchObject({ act: 'canceled', canceled: 2 })
})

test('who did it is a name, else what there is', () => {
  expect(actorOf(entry)).toBe('Rui')
  expect(actorOf({ ...entry, by: { keyHint: 'x7Qa' } })).toBe('…x7Qa')
  expect(actorOf({ ...entry, by: {} })).toBe('')
})

test('only two revisions of an automation can be compared', () => {
  expect(comparable(entry)).toBe(true)
  expect(comparable({ ...entry, revision: undefined })).toBe(false)
  expect(comparable({ ...entry, kind: 'APP' })).toBe(false)
})

test('differences are leaves with their paths', () => {
  expect(
    differences(
      { name: 'a', revision: '1', c: { d: [1, 2], e: true } },
      { name: 'b', revision: '2', c: { d: [1, 3] } },
    ),
  ).toEqual([
    { path: 'c.d.1', was: '2', is: '3' },
    { path: 'c.e', was: 'true', is: undefined },
    { path: 'name', was: 'a', is: 'b' },
  ])
  expect(differences({ a: { revision: 1 } }, { a: { revision: 2 } })).toHaveLength(1)
})
