import { expect, test } from 'vitest'
import { dayOf, formatDuration, formatRelative, localeIn } from './time'

test.each([
  [0, '0 ms'],
  [0.004, '0.1 ms'],
  [0.34, '0.3 ms'],
  [0.97, '1 ms'],
  [340, '340 ms'],
  [1500, '1.5 sec'],
  [65_000, '1 min 5 sec'],
  [7_500_000, '2 hr 5 min'],
  [86_400_000, '1 day'],
  [90_000_000, '1 day 1 hr'],
  [86_460_000, '1 day'],
])('%d ms is %s', (ms, text) => expect(formatDuration(ms, 'en')).toBe(text))

const now = new Date('2026-12-01T09:00:00Z')
test.each([
  ['2026-12-01T09:00:00.400Z', 'now'],
  ['2026-12-02T10:00:00Z', 'in 1 day'],
  ['2026-12-01T12:10:00Z', 'in 3 hours'],
  ['2026-11-24T09:00:00Z', '1 week ago'],
])('%s is %s', (at, text) => expect(formatRelative(new Date(at), now, 'en')).toBe(text))

test('a day is the one on the wall of the site', () => {
  expect(dayOf(new Date('2026-12-01T23:30:00Z'), 'Europe/Berlin')).toBe('2026-12-02')
  expect(dayOf(new Date('2026-12-01T23:30:00Z'), 'America/New_York')).toBe('2026-12-01')
})

test.each([
  ['en', 'en-GB', 'en-GB'],
  ['en', 'pt-PT', 'en-PT-u-hc-h23'],
  ['en', 'de', 'en-DE-u-hc-h23'],
  ['ar', 'en-US', 'ar-US-u-hc-h12'],
  ['ar', 'en-GB', 'ar-GB-u-hc-h23'],
  ['ar', 'ar-EG', 'ar-EG'],
  ['en', undefined, 'en'],
])('who reads %s on a site of %s reads dates as in %s', (language, locale, read) => {
  expect(localeIn(language, locale)).toBe(read)
})
