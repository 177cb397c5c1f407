// When things happen that are some time before or after something, on a site's clock.

export type Unit = 'MINUTES' | 'HOURS' | 'DAYS' | 'WEEKS' | 'MONTHS'
export const units: readonly Unit[] = ['MINUTES', 'HOURS', 'DAYS', 'WEEKS', 'MONTHS']

type Wall = { year: number; month: number; day: number; hour: number; minute: number; second: number }

/**
 * The instant so many units after another, or before it for a negative number. Minutes
 * and hours are lengths of time; days, weeks and months are steps in the calendar of the
 * zone: a day before 09:00 is 09:00, and a month before 31 March the last of February.
 */
export function shifted(at: Date, n: number, unit: Unit, timeZone: string): Date {
  if (unit === 'MINUTES') return new Date(at.getTime() + n * 60_000)
  if (unit === 'HOURS') return new Date(at.getTime() + n * 3_600_000)
  const whole = Math.trunc(n)
  const wall = wallOf(at, timeZone)
  if (unit === 'MONTHS') {
    const months = wall.year * 12 + (wall.month - 1) + whole
    const year = Math.floor(months / 12)
    const month = (months % 12) + 1
    const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
    return instantOf({ ...wall, year, month, day: Math.min(wall.day, last) }, timeZone)
  }
  const days = unit === 'WEEKS' ? whole * 7 : whole
  return instantOf({ ...wall, day: wall.day + days }, timeZone)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** What the clock and the calendar of a zone show at an instant. */
export function wallOf(at: Date, timeZone: string): Wall {
  let clock = clocks.get(timeZone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    clocks.set(timeZone, clock)
  }
  const parts = Object.fromEntries(clock.formatToParts(at).map((p) => [p.type, Number(p.value)]))
  return {
    year: parts.year ?? 0,
    month: parts.month ?? 1,
    day: parts.day ?? 1,
    hour: parts.hour ?? 0,
    minute: parts.minute ?? 0,
    second: parts.second ?? 0,
  }
}

/** The instant at which a zone's clock shows this; one that it leaves out counts as that much later. */
export function instantOf(wall: Wall, timeZone: string): Date {
  const asUTC = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second)
  const offset = (at: number) => {
    const w = wallOf(new Date(at), timeZone)
    return Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second) - Math.floor(at / 1000) * 1000
  }
  // The offsets a day before and after are the only ones that can hold.
  const early = asUTC - offset(asUTC - 86_400_000)
  const late = asUTC - offset(asUTC + 86_400_000)
  const fits = (at: number) => at + offset(at) === asUTC
  const found = [Math.min(early, late), Math.max(early, late)].find(fits)
  return new Date(found ?? early)
}

/** What a field for a date and a time on a zone's clock holds: 2026-12-01T10:00. */
export function toLocalInput(at: Date, timeZone: string): string {
  const w = wallOf(at, timeZone)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${String(w.year).padStart(4, '0')}-${two(w.month)}-${two(w.day)}T${two(w.hour)}:${two(w.minute)}`
}

/** The instant that such a field names; undefined for what is not whole. */
export function fromLocalInput(text: string, timeZone: string): Date | undefined {
  const m = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/.exec(text)
  if (!m) return undefined
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = m.slice(1).map(Number)
  return instantOf({ year, month, day, hour, minute, second: 0 }, timeZone)
}

/** A date to show how a timing works: what the example says where that is ahead, or else in a week at ten. */
export function sampleDate(example: unknown, now: Date, timeZone: string): Date {
  const given = typeof example === 'string' ? new Date(example) : undefined
  if (given && given > now) return given
  const wall = wallOf(now, timeZone)
  return instantOf({ ...wall, day: wall.day + 7, hour: 10, minute: 0, second: 0 }, timeZone)
}
