import type { Schema } from './api/client'

// An automation as one sentence. The words stand in i18n/<language>/sentence.ts; here is
// the order of things, which all languages share.

export type Digest = Schema<'AutomationDigest'>
type Step = Schema<'StepDigest'>
type Condition = Schema<'ConditionDigest'>
type Group = Schema<'GroupDigest'>
type Field = Schema<'FieldDigest'>
type Span = Schema<'SpanDigest'>
type Value = Schema<'ValueDigest'>

/** A piece of a sentence; `strong` ones are what somebody chose. */
export type Piece = { text: string; strong?: boolean }

/** The language: its phrases, by key of the texts of `sentence`, and how it writes numbers, dates and lists. */
export type Language = {
  t: (key: string, values?: Record<string, string | number>) => string
  locale: string
}

/** How many steps are told before the rest is counted. */
const longest = 6

/** What an automation does: "When *Booking made*, email the *customer*". */
export function sentenceOf(digest: Digest, language: Language): Piece[] {
  const w = new Writer(digest, language)
  const head = w.head()
  const steps = digest.roots.length > 0 ? w.beside(digest.roots) : [{ text: language.t('idle') }]
  return joined(w.phrase('whole', { head, steps }))
}

/** The sentence as plain text. */
export function textOf(pieces: Piece[]): string {
  return pieces.map((p) => p.text).join('')
}

class Writer {
  private readonly steps: Map<string, Step>
  private readonly told = new Set<string>()
  private readonly digest: Digest
  private readonly language: Language

  constructor(digest: Digest, language: Language) {
    this.digest = digest
    this.language = language
    this.steps = new Map(digest.steps.map((s) => [s.id, s]))
  }

  /** A phrase with pieces in the place of its values. */
  phrase(key: string, values: Record<string, Piece[]>, count?: number): Piece[] {
    // Each value travels through the translation as a mark that no text has.
    const names = Object.keys(values)
    const marks = Object.fromEntries(names.map((name, i) => [name, `\uE000${i}\uE001`]))
    const text = this.language.t(key, count === undefined ? marks : { ...marks, count })
    return text.split(/\uE000(\d+)\uE001/).flatMap((part, i) => {
      if (i % 2 === 0) return part ? [{ text: part }] : []
      return values[names[Number(part)] ?? ''] ?? []
    })
  }

  head(): Piece[] {
    const { trigger } = this.digest
    const { t } = this.language
    if (!trigger) return [{ text: t('noTrigger') }]
    let head: Piece[]
    if (trigger.kind === 'CALENDAR') head = this.calendar()
    else if (trigger.kind === 'WEBHOOK') head = strong(t('webhook'))
    else if (trigger.kind === 'CUSTOM') head = strong(t('custom'))
    else {
      // Some are called "When …" already.
      const name = trigger.name?.replace(/^when /i, '') || t('unknownTrigger')
      head = this.phrase('when', { trigger: strong(name) })
    }
    const filters = trigger.filters ?? []
    if (filters.length > 0) {
      const list = this.list(
        filters.map((f) => strong(this.condition(f))),
        'conjunction',
      )
      head = this.phrase('filtered', { head, filters: list })
    }
    if (trigger.before) {
      const timing = strong(t('before', { span: this.span(trigger.before) }))
      head = this.phrase('timed', { head, timing })
    }
    return head
  }

  private calendar(): Piece[] {
    const { t, locale } = this.language
    const c = this.digest.trigger?.calendar
    // A time on the wall, read in no zone.
    const start = c?.start ? new Date(`${c.start}:00Z`) : undefined
    if (!c || c.cron || !start || Number.isNaN(start.getTime())) return strong(t('schedule'))
    const format = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(start)
    if (!c.every || !c.unit)
      return strong(t('once', { date: format({ dateStyle: 'long', timeStyle: 'short' }) }))
    const values = {
      count: c.every,
      time: format({ hour: '2-digit', minute: '2-digit' }),
      weekday: format({ weekday: 'long' }),
      day: format({ day: 'numeric' }),
    }
    return strong(t(`every.${c.unit}`, values))
  }

  /** Steps that begin together. */
  beside(ids: string[]): Piece[] {
    const chains = ids.map((id) => this.chain(id)).filter((c) => c.pieces.length > 0)
    if (chains.every((c) => c.plain))
      return this.list(
        chains.map((c) => c.pieces),
        'conjunction',
      )
    return chains.map((c) => c.pieces).reduce((first, next) => this.phrase('beside', { first, next }))
  }

  /** A step and what follows it; plain is one that nothing follows and nothing comes before. */
  private chain(id: string): { pieces: Piece[]; plain: boolean } {
    const step = this.steps.get(id)
    if (!step || this.told.has(id)) return { pieces: [], plain: true }
    if (this.told.size >= longest) return { pieces: this.rest(), plain: true }
    const phrase = (key: string, values: Record<string, Piece[]>) => ({
      pieces: this.phrase(key, values),
      plain: false,
    })
    if (step.kind !== 'SET_VARIABLES' && step.kind !== 'OUTPUT' && step.kind !== 'MERGE') this.told.add(id)
    switch (step.kind) {
      case 'APP_DEFINED': {
        const first = this.action(step)
        const next = this.following(step.next)
        return next.length > 0 ? phrase('after', { first, next }) : { pieces: first, plain: true }
      }
      case 'DELAY': {
        const next = this.orIdle(this.following(step.next))
        if (step.until) return phrase('until', { date: strong(this.value(step.until)), next })
        return phrase('delay', { span: strong(this.span(step.delay)), next })
      }
      case 'CONDITION':
      case 'CODE_CONDITION': {
        const conditions = strong(
          step.kind === 'CONDITION' ? this.groups(step.conditions ?? []) : this.language.t('code'),
        )
        const next = this.orIdle(this.following(step.next))
        const other = this.following(step.otherwise)
        return other.length > 0
          ? phrase('ifElse', { conditions, next, other })
          : phrase('if', { conditions, next })
      }
      case 'RATE_LIMIT': {
        const count = step.max?.amount
        const times = strong(
          count === undefined ? this.language.t('workedTimes') : this.language.t('times', { count }),
        )
        const next = this.orIdle(this.following(step.next))
        if (!step.within) return phrase('limit', { times, next })
        return phrase('limitWithin', { times, span: strong(this.span(step.within)), next })
      }
      case 'SPLIT': {
        const ways = (step.paths ?? []).flatMap((p) => (p.next ? [p.next] : []))
        return { pieces: this.following(ways), plain: ways.length === 0 }
      }
      default:
        return { pieces: this.following(step.next), plain: !step.next?.length }
    }
  }

  private following(ids: string[] | undefined): Piece[] {
    const left = (ids ?? []).filter((id) => this.steps.has(id) && !this.told.has(id))
    return left.length > 0 ? this.beside(left) : []
  }

  private orIdle(pieces: Piece[]): Piece[] {
    return pieces.length > 0 ? pieces : [{ text: this.language.t('idle') }]
  }

  /** Counts what is not told, once. */
  private rest(): Piece[] {
    const left = [...this.steps.keys()].filter((id) => !this.told.has(id))
    for (const id of left) this.told.add(id)
    const count = left.length + (this.digest.more ?? 0)
    return count > 0 ? [{ text: this.language.t('more', { count }) }] : []
  }

  private action(step: Step): Piece[] {
    const { t } = this.language
    const who = step.recipient ? this.person(step.recipient) : []
    if (step.appId === 'belay') {
      if (step.actionKey === 'notify') return this.phrase('notify', { team: strong(t('team')) })
      if (step.actionKey === 'send_email')
        return who.length > 0 ? this.phrase('email', { who }) : [{ text: t('emailSomebody') }]
      if (step.actionKey === 'send_http_request')
        return who.length > 0 ? this.phrase('request', { who }) : [{ text: t('requestSomewhere') }]
    }
    const name = step.label || step.actionName
    const action = strong(name ? this.within(name) : t('unknownAction'))
    return who.length > 0 ? this.phrase('actFor', { action, who }) : this.phrase('act', { action })
  }

  /** Whom something goes to: "the *customer*" where that is a field, else as it is. */
  private person(value: Value): Piece[] {
    if (value.text) return strong(hostOf(value.text))
    if (!value.field) return [] // it is worked out, and the rest of the sentence says enough
    // "Customer's email" of a booking, or "Email" of a customer, is the customer.
    const title = value.field.title ?? ''
    const person = title.replace(/(['’]s)?[\s_-]*(e-?mail|phone)([\s_-]*(address|number))?$/i, '').trim()
    const name = person || value.field.owner || this.title(value.field)
    return this.phrase('the', { name: strong(this.within(name)) })
  }

  private groups(groups: Group[]): string {
    const set = groups.filter((g) => g.conditions.length > 0)
    if (set.length === 0) return '…' // nobody has said yet
    return this.words(
      set.map((g) =>
        this.words(
          g.conditions.map((c) => this.condition(c)),
          g.all ? 'conjunction' : 'disjunction',
        ),
      ),
      'disjunction',
    )
  }

  private condition(c: Condition): string {
    const { t } = this.language
    if (c.relation === 'FORMULA' || !c.field) return t('formula')
    let field = this.within(this.title(c.field))
    if (c.items) field = t(c.items === 'EVERY' ? 'everyItem' : 'some', { field })
    const value = this.words(
      (c.values ?? []).map((v) => this.literal(v)),
      'disjunction',
    )
    return t(`${c.not ? 'not' : 'relation'}.${c.relation}`, { field, value })
  }

  private value(value: Value): string {
    if (value.text) return this.literal(value.text)
    return value.field ? this.within(this.title(value.field)) : this.language.t('worked')
  }

  private literal(value: unknown): string {
    if (typeof value === 'number') return new Intl.NumberFormat(this.language.locale).format(value)
    const text = String(value)
    if (!/^\d{4}-\d\d-\d\d(T|$)/.test(text) || Number.isNaN(Date.parse(text))) return text
    return new Intl.DateTimeFormat(this.language.locale, {
      dateStyle: 'long',
      ...(text.includes('T') ? { timeStyle: 'short' } : { timeZone: 'UTC' }),
    }).format(new Date(text))
  }

  /** "1 day", "2 weeks". */
  private span(span: Span | undefined): string {
    const unit = units[span?.unit ?? '']
    if (span?.amount === undefined || !unit) return this.language.t('worked')
    return new Intl.NumberFormat(this.language.locale, { style: 'unit', unit, unitDisplay: 'long' }).format(
      span.amount,
    )
  }

  private title(field: Field): string {
    return field.title || (field.path.split('.').at(-1) ?? '').replace(/[_-]+/g, ' ')
  }

  /** A name within a sentence: English begins it small, unless it is all in capitals. */
  private within(name: string): string {
    if (!this.language.locale.startsWith('en') || /^.[^\p{Ll}\s]/u.test(name)) return name
    return name.charAt(0).toLocaleLowerCase(this.language.locale) + name.slice(1)
  }

  private words(list: string[], type: Intl.ListFormatType): string {
    return new Intl.ListFormat(this.language.locale, { type }).format(list)
  }

  private list(items: Piece[][], type: Intl.ListFormatType): Piece[] {
    return new Intl.ListFormat(this.language.locale, { type })
      .formatToParts(items.map((_, i) => String(i)))
      .flatMap((part) =>
        part.type === 'element' ? (items[Number(part.value)] ?? []) : [{ text: part.value }],
      )
  }
}

const units: Record<string, string> = {
  MINUTES: 'minute',
  HOURS: 'hour',
  DAYS: 'day',
  WEEKS: 'week',
  MONTHS: 'month',
}

function strong(text: string): Piece[] {
  return [{ text, strong: true }]
}

/** The host of an address of the web, else the text. */
function hostOf(text: string): string {
  if (!/^https?:/.test(text)) return text
  return URL.canParse(text) ? new URL(text).host : text
}

/** Puts neighbours of one kind together. */
function joined(pieces: Piece[]): Piece[] {
  const list: Piece[] = []
  for (const piece of pieces) {
    const last = list.at(-1)
    if (last && !last.strong && !piece.strong) last.text += piece.text
    else list.push({ ...piece })
  }
  return list
}
