import type { Schema } from '@/lib/api/client'
import { guid } from '@/lib/guid'
import { dayOf } from '@/lib/time'
import { instantOf } from '@/lib/timing'

export type Upcoming = Schema<'Upcoming'>

/** What is looked for; it stands in the address. */
export type Look = {
  automation?: string
  /** "APP/key" */
  trigger?: string
  entity?: string
  view?: 'calendar'
  /** Such as 2026-11, of the calendar. */
  month?: string
  /** Such as 2026-11-30: only what waits on that day. */
  day?: string
}

/** Reads a look out of an address; what is not one is left out. */
export function lookOf(given: Record<string, unknown>): Look {
  const word = (key: string, form: RegExp) => {
    const value = given[key]
    return typeof value === 'string' && form.test(value) ? value : undefined
  }
  return {
    automation: word('automation', guid),
    trigger: word('trigger', /^[0-9a-f-]{36}\/.+$/i),
    entity: word('entity', guid),
    view: given.view === 'calendar' ? 'calendar' : undefined,
    month: word('month', /^\d{4}-(0[1-9]|1[0-2])$/),
    day: word('day', /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/),
  }
}

/** Whether anything but the view is asked for. */
export function narrowed(look: Look): boolean {
  return Boolean(look.automation ?? look.trigger ?? look.entity ?? look.day)
}

/** The query of a look; a day begins and ends on the site's clock. */
export function queryOf(look: Look, timeZone: string) {
  const slash = look.trigger?.indexOf('/') ?? -1
  return {
    automationId: look.automation,
    externalEntityId: look.entity,
    appId: slash > 0 ? look.trigger?.slice(0, slash) : undefined,
    triggerKey: slash > 0 ? look.trigger?.slice(slash + 1) : undefined,
    from: look.day ? midnight(look.day, timeZone).toISOString() : undefined,
    to: look.day ? midnight(nextDay(look.day), timeZone).toISOString() : undefined,
  }
}

function midnight(day: string, timeZone: string): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return instantOf({ year, month, day: date, hour: 0, minute: 0, second: 0 }, timeZone)
}

function nextDay(day: string): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + 1)
  return at.toISOString().slice(0, 10)
}

export type Day = { day: string; items: Upcoming[] }

/** A list that is in order, cut where a day of the site ends. */
export function byDay(items: Upcoming[], timeZone: string): Day[] {
  const days: Day[] = []
  for (const item of items) {
    const day = dayOf(new Date(item.dueDate), timeZone)
    const last = days.at(-1)
    if (last?.day === day) last.items.push(item)
    else days.push({ day, items: [item] })
  }
  return days
}

/** The weeks of a month, each of seven days; null where a day is of another month. first is 1 for Monday, 7 for Sunday. */
export function weeksOf(month: string, first: number): (string | null)[][] {
  const [year = 0, m = 1] = month.split('-').map(Number)
  const begin = new Date(Date.UTC(year, m - 1, 1))
  const length = new Date(Date.UTC(year, m, 0)).getUTCDate()
  const cells: (string | null)[] = Array((begin.getUTCDay() - (first % 7) + 7) % 7).fill(null)
  for (let day = 1; day <= length; day++) cells.push(`${month}-${String(day).padStart(2, '0')}`)
  while (cells.length % 7 !== 0) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7))
}

/** The month so many after another. */
export function monthsOn(month: string, n: number): string {
  const [year = 0, m = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, m - 1 + n, 1)).toISOString().slice(0, 7)
}
