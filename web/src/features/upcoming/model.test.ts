import { describe, expect, test } from 'vitest'
import { byDay, lookOf, monthsOn, queryOf, type Upcoming, weeksOf } from './model'

const at = (dueDate: string) => ({ dueDate }) as Upcoming

describe('byDay', () => {
  test('cuts where the day of the site ends', () => {
    const days = byDay(
      [at('2026-11-29T22:30:00Z'), at('2026-11-29T23:30:00Z'), at('2026-11-30T10:00:00Z')],
      'Europe/Berlin',
    )
    expect(days.map((d) => [d.day, d.items.length])).toEqual([
      ['2026-11-29', 1],
      ['2026-11-30', 2],
    ])
  })
})

describe('queryOf', () => {
  test('asks for a day of the site, also where it has 25 hours', () => {
    expect(queryOf({ day: '2026-10-25' }, 'Europe/Berlin')).toMatchObject({
      from: '2026-10-24T22:00:00.000Z',
      to: '2026-10-25T23:00:00.000Z',
    })
  })

  test('takes the trigger apart', () => {
    const app = 'a9900000-0000-4000-8000-000000000001'
    expect(queryOf({ trigger: `${app}/a/b` }, 'UTC')).toMatchObject({ appId: app, triggerKey: 'a/b' })
  })
})

describe('weeksOf', () => {
  test('begins weeks on Monday or on Sunday', () => {
    expect(weeksOf('2026-11', 1)[0]?.[6]).toBe('2026-11-01')
    expect(weeksOf('2026-11', 7)[0]?.[0]).toBe('2026-11-01')
  })

  test('has each day once', () => {
    const days = weeksOf('2028-02', 1).flat().filter(Boolean)
    expect(days).toHaveLength(29)
    expect(new Set(days).size).toBe(29)
  })
})

test('monthsOn goes over the end of a year', () => {
  expect(monthsOn('2026-12', 1)).toBe('2027-01')
  expect(monthsOn('2026-01', -1)).toBe('2025-12')
})

test('lookOf leaves out what is no look', () => {
  expect(lookOf({ month: '2026-13', day: 'x', automation: '1', view: 'list', entity: 7 })).toEqual({})
})
