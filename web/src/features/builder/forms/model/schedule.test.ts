import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSchedule, type Schedule, writeSchedule } from './schedule'

test.each([
  [{ startDate: '2026-11-23T09:00' }, { start: '2026-11-23T09:00', repeat: { every: 'never' }, until: '' }],
  [
    { startDate: '2026-11-23T09:00:00+01:00', repetitions: { everyNthWeek: 2, endDate: '2027-01-31' } },
    { start: '2026-11-23T09:00', repeat: { every: 'week', n: 2 }, until: '2027-01-31' },
  ],
  [
    { repetitions: { cronExpression: '0 9 * * 1' } },
    { start: '', repeat: { every: 'cron', cron: '0 9 * * 1' }, until: '' },
  ],
])('%j is read', (mapping, want) => {
  expect(readSchedule(mapping)).toEqual(want)
})

test('a calendar that is written is read as it was, and other settings stay', () => {
  const schedule: fc.Arbitrary<Schedule> = fc
    .record({
      start: fc.constantFrom('', '2026-11-23T09:00'),
      repeat: fc.oneof(
        fc.constant({ every: 'never' as const }),
        fc.record({
          every: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
          n: fc.integer({ min: 1, max: 99 }),
        }),
        fc.constant({ every: 'cron' as const, cron: '0 9 * * *' }),
      ),
      until: fc.constantFrom('', '2027-01-31'),
    })
    .map((s) => (s.repeat.every === 'never' ? { ...s, until: '' } : s))
  fc.assert(
    fc.property(schedule, schedule, (before, s) => {
      const old = writeSchedule(before, { other: 1 })
      const written = writeSchedule(s, old)
      expect(readSchedule(written)).toEqual(s)
      expect(written.other).toBe(1)
    }),
  )
})
