// Dates and times as people write them where a language is spoken. What is held is a date
// of a calendar and a clock, "2026-12-01T10:00", "2026-12-01" or "10:00", of whatever zone
// the field is in.

export type MomentKind = 'date' | 'dateTime' | 'time'

const looks: Record<MomentKind, Intl.DateTimeFormatOptions> = {
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  dateTime: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  time: { hour: '2-digit', minute: '2-digit' },
}

/** How a locale writes dates: what is needed to read them back. */
type Ways = {
  /** Digits to the ones that programs read. */
  digits: Map<string, string>
  /** Names of months, the longest first. */
  months: [string, number][]
  am: string[]
  pm: string[]
  order: ('day' | 'month' | 'year')[]
}

const known = new Map<string, Ways>()
const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${JSON.stringify(options)}`
  const had = formats.get(key)
  if (had) return had
  const made = new Intl.DateTimeFormat(locale, { ...options, calendar: 'gregory', timeZone: 'UTC' })
  formats.set(key, made)
  return made
}

/** "1 Dec 2026, 10:00"; nothing for what is no such moment. */
export function writeMoment(value: string, kind: MomentKind, locale: string): string {
  const at = asUTC(value, kind)
  return at ? format(locale, looks[kind]).format(at) : ''
}

/**
 * The moment that a text tells in the way of a locale, in figures or with the month's
 * name, or as 2026-12-01 10:00 anywhere; undefined for what is not whole. Where no time
 * is written it is the one given.
 */
export function readMoment(
  text: string,
  kind: MomentKind,
  locale: string,
  time = '09:00',
): string | undefined {
  const ways = waysOf(locale)
  let left = plain(text, ways, locale)
  let clock: string | undefined
  if (kind !== 'date') {
    const found = readClock(left, ways)
    if (found === 'wrong') return undefined
    if (found) [clock, left] = found
  }
  if (kind === 'time') return /\d/.test(left) ? undefined : clock
  const date = readDate(left, ways)
  if (!date || kind === 'date') return date
  return `${date}T${clock ?? time}`
}

/** Whether a clock is read by halves of the day, and what they are called. */
export function halvesOf(locale: string): { am: string; pm: string } | undefined {
  if (!format(locale, looks.time).resolvedOptions().hour12) return undefined
  const half = (hour: number) =>
    format(locale, looks.time)
      .formatToParts(Date.UTC(2026, 0, 1, hour))
      .find((p) => p.type === 'dayPeriod')?.value
  return { am: half(9) ?? 'AM', pm: half(21) ?? 'PM' }
}

function asUTC(value: string, kind: MomentKind): Date | undefined {
  const m = /^(?:(\d{4})-(\d{2})-(\d{2}))?T?(?:(\d{2}):(\d{2}))?/.exec(value)
  if (!m || (kind !== 'time' && !m[1]) || (kind !== 'date' && !m[4])) return undefined
  const [year = 2026, month = 1, day = 1, hour = 0, minute = 0] = m
    .slice(1)
    .map((n) => (n === undefined ? undefined : Number(n)))
  return new Date(Date.UTC(year, month - 1, day, hour, minute))
}

function waysOf(locale: string): Ways {
  const had = known.get(locale)
  if (had) return had
  const digits = new Map<string, string>()
  for (const l of [locale, 'ar-u-nu-arab', 'fa-u-nu-arabext'])
    for (let n = 0; n < 10; n++)
      digits.set(new Intl.NumberFormat(l, { useGrouping: false }).format(n), String(n))
  const months = new Map<string, number>()
  const am = new Set(['am', 'a'])
  const pm = new Set(['pm', 'p'])
  for (const l of [locale, 'en']) {
    for (let m = 0; m < 12; m++)
      for (const month of ['long', 'short'] as const)
        for (const options of [{ month }, { month, day: 'numeric' }] as const) {
          const parts = format(l, options).formatToParts(Date.UTC(2026, m, 15))
          const at = parts.findIndex((p) => p.type === 'month')
          const name = bare(parts[at]?.value ?? '', l)
          if (name === '' || /\p{Nd}/u.test(name)) continue
          months.set(name, m + 1)
          // Some languages write a preposition and the name as one word.
          const before = /\p{L}+$/u.exec(parts[at - 1]?.value ?? '')
          if (before) months.set(before[0] + name, m + 1)
        }
    for (const [set, hour] of [
      [am, 9],
      [pm, 21],
    ] as const)
      for (const p of format(l, { hour: 'numeric', hour12: true }).formatToParts(Date.UTC(2026, 0, 1, hour)))
        if (p.type === 'dayPeriod') set.add(bare(p.value, l))
  }
  const order = format(locale, { day: 'numeric', month: 'numeric', year: 'numeric' })
    .formatToParts(Date.UTC(2026, 0, 1))
    .flatMap((p) => (p.type === 'day' || p.type === 'month' || p.type === 'year' ? [p.type] : []))
  const ways: Ways = {
    digits,
    months: [...months].sort((a, b) => b[0].length - a[0].length),
    am: [...am],
    pm: [...pm],
    order,
  }
  known.set(locale, ways)
  return ways
}

/** Small letters, without the dots of what is cut short. */
function bare(text: string, locale: string): string {
  return text
    .normalize('NFKC')
    .toLocaleLowerCase(locale)
    .replace(/\p{Cf}/gu, '')
    .replace(/(?<=\p{L})\./gu, '')
    .trim()
}

function plain(text: string, ways: Ways, locale: string): string {
  const figures = text.replace(/\p{Nd}/gu, (d) => ways.digits.get(d) ?? d)
  return bare(figures, locale).replace(/\s+/g, ' ')
}

/** Where a word stands that is not a part of another. */
function wordAt(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text.slice(0, at)
    const after = text.slice(at + word.length)
    if (!/[\p{L}\p{M}]$/u.test(before) && !/^[\p{L}\p{M}]/u.test(after)) return at
  }
  return -1
}

function without(text: string, word: string, at: number): string {
  return `${text.slice(0, at)} ${text.slice(at + word.length)}`.trim()
}

/** A time at the end of a text, and what stands before it. */
function readClock(text: string, ways: Ways): [string, string] | 'wrong' | undefined {
  let left = text
  let half: 'am' | 'pm' | undefined
  for (const which of ['am', 'pm'] as const)
    for (const word of ways[which]) {
      const at = half ? -1 : wordAt(left, word)
      if (at < 0) continue
      half = which
      left = without(left, word, at)
    }
  const m =
    /(?:^|[\s,،t]|(?<=\p{L}))(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?$/u.exec(left) ??
    (half && /(?:^|[\s,،])(\d{1,2})()$/.exec(left))
  if (!m) return half || /\d:\d?$/.test(left) ? 'wrong' : undefined
  let hour = Number(m[1])
  const minute = Number(m[2] || 0)
  if (half) {
    if (hour < 1 || hour > 12) return 'wrong'
    hour = (hour % 12) + (half === 'pm' ? 12 : 0)
  }
  if (hour > 23 || minute > 59) return 'wrong'
  const two = (n: number) => String(n).padStart(2, '0')
  return [`${two(hour)}:${two(minute)}`, left.slice(0, m.index)]
}

function readDate(text: string, ways: Ways): string | undefined {
  const [month, rest] = readMonth(text, ways)
  const figures = rest.match(/\d+/g) ?? []
  if (figures.some((n) => n.length > 4 || n.length === 3)) return undefined
  const yearFirst = figures[0]?.length === 4
  if (month !== undefined) {
    if (figures.length !== 2) return undefined
    const [day, year] = yearFirst ? [figures[1], figures[0]] : figures
    return dateOf(year, String(month), day)
  }
  if (figures.length !== 3) return undefined
  if (yearFirst) return dateOf(figures[0], figures[1], figures[2])
  const at = (part: 'day' | 'month' | 'year') => figures[ways.order.indexOf(part)]
  // A year of four figures stands last, whatever the locale's order.
  if (figures[2]?.length === 4 && ways.order[2] !== 'year') return dateOf(figures[2], figures[1], figures[0])
  return dateOf(at('year'), at('month'), at('day'))
}

function readMonth(text: string, ways: Ways): [number | undefined, string] {
  for (const [name, month] of ways.months) {
    const at = wordAt(text, name)
    if (at >= 0) return [month, without(text, name, at)]
  }
  // A name that is cut short by whoever writes it.
  for (const word of text.match(/[\p{L}\p{M}]{3,}/gu) ?? []) {
    const meant = new Set(ways.months.filter(([name]) => name.startsWith(word)).map(([, month]) => month))
    const [month] = meant
    if (meant.size === 1) return [month, without(text, word, text.indexOf(word))]
  }
  return [undefined, text]
}

function dateOf(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
): string | undefined {
  if (!year || !month || !day || month.length > 2 || day.length > 2 || year.length === 1) return undefined
  const y = year.length === 2 ? 2000 + Number(year) : Number(year)
  const at = new Date(Date.UTC(y, Number(month) - 1, Number(day)))
  if (y < 1000 || at.getUTCMonth() + 1 !== Number(month) || at.getUTCDate() !== Number(day)) return undefined
  return at.toISOString().slice(0, 10)
}
