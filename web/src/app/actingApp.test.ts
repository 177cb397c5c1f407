// @vitest-environment jsdom
import { beforeEach, expect, test } from 'vitest'
import { actingApp, appChoices, keepActingApp } from './actingApp'
import type { Session } from './session'

const grant = (appId: string) => ({ role: 'DEVELOPER' as const, appId })
const session = (...grants: Session['grants']): Session => ({
  hasPassword: true,
  grants,
  sites: [],
  apps: [{ id: 'a', name: 'Appointments' }],
  moreSites: false,
  moreApps: false,
  signIn: { firstOperator: false },
  version: '1',
})

beforeEach(() => sessionStorage.clear())

test('nobody chooses who develops one app, or may do everything', () => {
  for (const s of [session(), session(grant('a')), session(grant('a'), grant('b'), { role: 'OPERATOR' })]) {
    expect(appChoices(s)).toEqual([])
    expect(actingApp(s, 'b')).toBeUndefined()
  }
})

test('who develops several asks for what is given, or the last, or the first', () => {
  const s = session(grant('a'), grant('b'), { role: 'SITE', siteId: 's' })
  expect(appChoices(s)).toEqual([
    { id: 'a', name: 'Appointments' },
    { id: 'b', name: 'b' },
  ])
  expect(actingApp(s)).toBe('a')
  keepActingApp('b')
  expect(actingApp(s)).toBe('b')
  expect(actingApp(s, 'a')).toBe('a')
  keepActingApp('gone')
  expect(actingApp(s)).toBe('a')
})
