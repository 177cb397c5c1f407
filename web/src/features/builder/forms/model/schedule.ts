import { asObject, type JsonObject } from '@/lib/json'

/** How a calendar repeats. */
export type Repeats =
  | { every: 'never' }
  | { every: 'day' | 'week' | 'month'; n: number }
  | { every: 'cron'; cron: string }

/** A calendar as a form holds it: dates as on the site's clock. */
export type Schedule = { start: string; repeat: Repeats; until: string }

const words = { day: 'everyNthDay', week: 'everyNthWeek', month: 'everyNthMonth' } as const

/** The calendar in the settings of a schedule trigger. */
export function readSchedule(mapping: JsonObject): Schedule {
  const repetitions = asObject(mapping.repetitions)
  return {
    start: text(mapping.startDate).slice(0, 16),
    repeat: repeatOf(repetitions),
    until: text(repetitions.endDate).slice(0, 10),
  }
}

function repeatOf(r: JsonObject): Repeats {
  if (text(r.cronExpression) !== '') return { every: 'cron', cron: text(r.cronExpression) }
  for (const every of ['day', 'week', 'month'] as const) {
    const n = r[words[every]]
    if (n !== undefined) return { every, n: Number(n) || 1 }
  }
  return { every: 'never' }
}

/** Settings with another calendar; what a form does not show of them is kept. */
export function writeSchedule(s: Schedule, old: JsonObject): JsonObject {
  const { repetitions: _, startDate: __, ...rest } = old
  const next: JsonObject = { ...rest, ...(s.start === '' ? {} : { startDate: s.start }) }
  if (s.repeat.every === 'never') return next
  const was = asObject(old.repetitions)
  const repetitions: JsonObject =
    s.repeat.every === 'cron' ? { cronExpression: s.repeat.cron } : { [words[s.repeat.every]]: s.repeat.n }
  // With a cron expression, days, weeks or months narrow it further.
  if (s.repeat.every === 'cron')
    for (const word of Object.values(words)) if (was[word] !== undefined) repetitions[word] = was[word]
  if (s.until !== '') repetitions.endDate = s.until
  return { ...next, repetitions }
}

function text(v: unknown): string {
  return typeof v === 'string' ? v : ''
}
