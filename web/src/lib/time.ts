/** Where and how a site's dates are read. */
export type Place = { locale: string; timeZone: string }

/**
 * A locale for somebody who reads one language on a site of another: the words of the
 * one, and the order of dates, the clock and the week of the other's country.
 */
export function localeIn(language: string, locale?: string): string {
  if (!locale) return language
  const { language: spoken, region } = new Intl.Locale(locale).maximize()
  if (spoken === language) return locale
  // The clock would be that of where the language is at home.
  const { hourCycle } = new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions()
  return new Intl.Locale(`${language}-${region}`, { hourCycle }).toString()
}

const cache = new Map<string, Intl.DateTimeFormat>()

function formatter({ locale, timeZone }: Place, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${timeZone}|${JSON.stringify(options)}`
  const known = cache.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, { ...options, timeZone })
  cache.set(key, made)
  return made
}

/** "Tue, 1 Dec 2026, 10:00" */
export function formatDateTime(at: Date, place: Place): string {
  return formatter(place, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).format(at)
}

/** "Tuesday, 1 December" */
export function formatDay(at: Date, place: Place): string {
  return formatter(place, { weekday: 'long', day: 'numeric', month: 'long' }).format(at)
}

/** "1 Dec 2026" */
export function formatDate(at: Date, place: Place): string {
  return formatter(place, { day: 'numeric', month: 'short', year: 'numeric' }).format(at)
}

/** "10:00" */
export function formatClock(at: Date, place: Place, seconds = false): string {
  return formatter(place, {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
  }).format(at)
}

/** The calendar day on which an instant falls, as 2026-12-01. */
export function dayOf(at: Date, timeZone: string): string {
  return formatter(
    { locale: 'en-CA', timeZone },
    { year: 'numeric', month: '2-digit', day: '2-digit' },
  ).format(at)
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['week', 7 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
]

/** "in 3 hours", "2 days ago", "now". It counts hours and days, and says no "tomorrow": that is a day on a wall. */
export function formatRelative(at: Date, now: Date, locale: string): string {
  const ms = at.getTime() - now.getTime()
  for (const [unit, size] of steps) {
    const n = Math.trunc(ms / size)
    if (n !== 0) return new Intl.RelativeTimeFormat(locale).format(n, unit)
  }
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(0, 'second')
}

/** A length of time in its two largest units: "2 h 5 min", "340 ms". */
export function formatDuration(ms: number, locale: string): string {
  const unit = (n: number, unit: string) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumFractionDigits: n < 10 ? 1 : 0,
    }).format(n)
  if (ms > 0 && ms < 1) return unit(Math.max(0.1, Math.round(ms * 10) / 10), 'millisecond')
  if (ms < 1000) return unit(Math.round(ms), 'millisecond')
  if (ms < 60_000) return unit(ms / 1000, 'second')
  const parts: [string, number][] = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ]
  const list: string[] = []
  let left = ms
  for (const [name, size] of parts) {
    const n = Math.floor(left / size)
    left -= n * size
    if (n > 0) list.push(unit(n, name))
    else if (list.length > 0) break
    if (list.length === 2) break
  }
  return list.join(' ')
}

/** The first day of the week where a language is spoken: 1 for Monday, 7 for Sunday. */
export function firstDayOf(locale: string): number {
  type Week = { firstDay: number }
  const known = new Intl.Locale(locale) as Intl.Locale & { getWeekInfo?: () => Week; weekInfo?: Week }
  return known.getWeekInfo?.().firstDay ?? known.weekInfo?.firstDay ?? 1
}
