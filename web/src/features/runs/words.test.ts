import { createInstance, type TFunction } from 'i18next'
import { expect, test } from 'vitest'
import runs from '@/i18n/en/runs'
import { byHand } from './words'

const words = createInstance()
await words.init({ lng: 'en', resources: { en: { runs } }, interpolation: { escapeValue: false } })
const t = words.getFixedT('en', 'runs') as unknown as TFunction<'runs'>

const place = { locale: 'en', timeZone: 'UTC' }
const now = new Date('2026-12-01T09:05:00Z')
const hand = { date: '2026-12-01T09:00:00Z', by: { userId: 'u' } }

test.each([
  [undefined, 'Left out by somebody 5 minutes ago'],
  [{ kind: 'USER', id: 'u', name: 'Ada' }, 'Left out by Ada 5 minutes ago'],
  [{ kind: 'USER', id: 'u', name: 'Ada', self: true }, 'Left out by you 5 minutes ago'],
  [{ kind: 'KEY', id: 'k', name: 'till' }, 'Left out by the API key “till” 5 minutes ago'],
  [{ kind: 'APP', id: 'a', name: 'Courses' }, 'Left out by the app Courses 5 minutes ago'],
  [{ kind: 'UNKNOWN', id: 'u' }, 'Left out by somebody who is no longer here 5 minutes ago'],
] as const)('by %o: %s', (person, text) => {
  expect(byHand(t, 'leftOut', { ...hand, person }, now, place)).toBe(text)
})
