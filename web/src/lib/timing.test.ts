import fc from 'fast-check'
import { expect, test } from 'vitest'
import { amountExpression, amountOf } from './formula/amount'
import { fromLocalInput, sampleDate, shifted, toLocalInput, type Unit, units } from './timing'

test.each<[string, string, number, Unit, string, string]>([
  ['minutes', '2026-12-01T10:00:00Z', -90, 'MINUTES', 'UTC', '2026-12-01T08:30:00.000Z'],
  [
    'hours are lengths, also when the clocks change',
    '2026-03-29T03:30:00+02:00',
    -2,
    'HOURS',
    'Europe/Berlin',
    '2026-03-28T23:30:00.000Z',
  ],
  [
    'days keep the time of day',
    '2026-03-29T09:00:00+02:00',
    -1,
    'DAYS',
    'Europe/Berlin',
    '2026-03-28T08:00:00.000Z',
  ],
  [
    'days forward into summer time',
    '2026-03-28T09:00:00+01:00',
    1,
    'DAYS',
    'Europe/Berlin',
    '2026-03-29T07:00:00.000Z',
  ],
  [
    'a time that is left out is that much later',
    '2026-03-28T02:30:00+01:00',
    1,
    'DAYS',
    'Europe/Berlin',
    '2026-03-29T01:30:00.000Z',
  ],
  ['weeks', '2026-12-01T10:00:00Z', -1, 'WEEKS', 'America/New_York', '2026-11-24T10:00:00.000Z'],
  ['a month before the 31st', '2026-03-31T10:00:00Z', -1, 'MONTHS', 'UTC', '2026-02-28T10:00:00.000Z'],
  ['a month before January', '2026-01-15T10:00:00Z', -1, 'MONTHS', 'UTC', '2025-12-15T10:00:00.000Z'],
  ['where it is another day', '2026-12-01T23:30:00Z', -1, 'DAYS', 'Asia/Tokyo', '2026-11-30T23:30:00.000Z'],
])('%s', (_, at, n, unit, zone, want) => {
  expect(shifted(new Date(at), n, unit, zone).toISOString()).toBe(want)
})

test('lengths that are added and taken away again change nothing, and steps stay on the minute', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe')
  const at = fc.date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(at, fc.nat(500), fc.constantFrom(...units), zone, (d, n, unit, timeZone) => {
      const there = shifted(d, n, unit, timeZone)
      if (unit === 'MINUTES' || unit === 'HOURS') expect(shifted(there, -n, unit, timeZone)).toEqual(d)
      expect(there >= d || n === 0).toBe(true)
    }),
  )
})

test('a field for a date and time holds what the zone shows', () => {
  const at = new Date('2026-12-01T09:00:00Z')
  expect(toLocalInput(at, 'Europe/Berlin')).toBe('2026-12-01T10:00')
  expect(fromLocalInput('2026-12-01T10:00', 'Europe/Berlin')).toEqual(at)
  expect(fromLocalInput('2026-12', 'UTC')).toBeUndefined()
})

test('the date that shows a timing lies ahead', () => {
  const now = new Date('2026-11-25T18:00:00Z')
  expect(sampleDate('2020-01-01T00:00:00Z', now, 'Europe/Berlin').toISOString()).toBe(
    '2026-12-02T09:00:00.000Z',
  )
  expect(sampleDate('2030-01-01T00:00:00Z', now, 'UTC').toISOString()).toBe('2030-01-01T00:00:00.000Z')
  expect(sampleDate(undefined, now, 'UTC').toISOString()).toBe('2026-12-02T10:00:00.000Z')
})

test.each([
  ['{{5}}', 5],
  ['5', 5],
  ['{{ -2.5 }}', -2.5],
  ['{{n}}', undefined],
  ['', undefined],
  [undefined, undefined],
])('the amount of %j is %j', (expression, want) => {
  expect(amountOf(expression)).toBe(want)
  if (want !== undefined) expect(amountOf(amountExpression(want))).toBe(want)
})
