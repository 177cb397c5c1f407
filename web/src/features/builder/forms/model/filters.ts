import type { Filter } from '@/features/flow/document'
import { type Expression, readFormula, writeFormula } from '@/lib/formula/expression'
import { asObject } from '@/lib/json'

/** A filter that a trigger offers: a question with values to choose from, or to fill in. */
export type Offer = {
  id: string
  fieldKey: string
  label: string
  description?: string
  required: boolean
  input:
    | { kind: 'number'; least?: number; most?: number; initial?: number }
    | { kind: 'boolean'; initial?: boolean }
    | { kind: 'choice'; many: boolean; options: { value: string; label: string }[] }
    | { kind: 'values'; many: boolean }
  followUps: Offer[]
}

/** What is let through: some values. */
export type Chosen = (string | number | boolean)[]

/** The filters of a catalog's trigger. What cannot be read is left out: the server holds declarations to their form. */
export function offersOf(filters: unknown): Offer[] {
  return list(filters).flatMap((raw) => {
    const fieldKey = text(raw.staticFieldKey)
    const input = asObject(raw.valueInput)
    if (fieldKey === '') return [] // known to the app's own page alone
    const offer: Offer = {
      id: text(raw.id),
      fieldKey,
      label: text(input.label) || fieldKey,
      required: input.required === true,
      input: inputOf(input),
      followUps: offersOf(raw.followUpFilters),
    }
    const description = text(input.description)
    return [description === '' ? offer : { ...offer, description }]
  })
}

function inputOf(input: Record<string, unknown>): Offer['input'] {
  if (input.type === 'USER_INPUT') {
    const user = asObject(input.userInput)
    if (user.type === 'BOOLEAN') {
      const initial = asObject(user.booleanInputOptions).defaultValue
      return typeof initial === 'boolean' ? { kind: 'boolean', initial } : { kind: 'boolean' }
    }
    const options = asObject(user.numberInputOptions)
    const bounds = { least: options.minValue, most: options.maxValue, initial: options.defaultValue }
    const known = Object.entries(bounds).filter(([, v]) => typeof v === 'number')
    return { kind: 'number', ...Object.fromEntries(known) }
  }
  if (input.type === 'STATIC_ITEMS') {
    const items = asObject(input.staticItems)
    const options = list(items.staticValues).map((v) => ({
      value: text(v.value),
      label: text(v.displayName) || text(v.value),
    }))
    return { kind: 'choice', many: items.multiSelect === true, options }
  }
  return { kind: 'values', many: asObject(input.entitySelector).multiSelect !== false }
}

/** The expression of a filter: the field is one of the values. */
export function writeFilter(fieldKey: string, chosen: Chosen): string {
  const field: Expression = { kind: 'field', path: fieldKey }
  const [only] = chosen
  if (chosen.length === 1 && typeof only === 'boolean')
    return call('boolEq', field, { kind: 'boolean', value: only })
  if (chosen.length === 1 && typeof only === 'number')
    return call('numberEq', field, { kind: 'number', value: only })
  const values: Expression = { kind: 'list', items: chosen.map(literal) }
  if (!fieldKey.includes('[0]')) return call('contains', values, field)
  const holds: Expression = { kind: 'call', name: 'contains', args: [field, { kind: 'item', path: '' }] }
  return call('arraySome', values, holds)
}

function call(name: string, ...args: Expression[]): string {
  return writeFormula({ kind: 'call', name, args })
}

function literal(v: string | number | boolean): Expression {
  if (typeof v === 'number') return { kind: 'number', value: v }
  return typeof v === 'boolean' ? { kind: 'boolean', value: v } : { kind: 'text', value: v }
}

/** The values that a filter's expression lets through; undefined for an expression of another form. */
export function readFilter(fieldKey: string, expression: string): Chosen | undefined {
  const e = readFormula(expression)
  if (e?.kind !== 'call' || e.args.length !== 2) return undefined
  const [a, b] = e.args
  const same = (x: Expression | undefined) => x?.kind === 'field' && x.path === fieldKey
  switch (e.name) {
    case 'boolEq':
      return same(a) && b?.kind === 'boolean' ? [b.value] : undefined
    case 'numberEq':
    case 'eq':
      return same(a) && b?.kind === 'number' ? [b.value] : undefined
    case 'contains':
    case 'stringContains':
    case 'numberContains':
      return same(b) ? valuesOf(a) : undefined
    case 'arraySome': {
      const holds =
        b?.kind === 'call' && b.name === 'contains' && same(b.args[0]) && b.args[1]?.kind === 'item'
      return holds ? valuesOf(a) : undefined
    }
  }
  return undefined
}

function valuesOf(e: Expression | undefined): Chosen | undefined {
  if (e?.kind !== 'list') return undefined
  const values = e.items.map((i) =>
    i.kind === 'text' || i.kind === 'number' || i.kind === 'boolean' ? i.value : undefined,
  )
  return values.every((v) => v !== undefined) ? (values as Chosen) : undefined
}

/** The filter of an automation that takes up an offer. */
export function filterFor(filters: Filter[], offer: Offer): Filter | undefined {
  const id = offer.id.toLowerCase()
  return (
    filters.find((f) => id !== '' && f.id?.toLowerCase() === id) ??
    filters.find((f) => f.fieldKey === offer.fieldKey)
  )
}

/** The filters with an offer taken up, or no longer, where nothing is chosen. What follows up on it goes with it. */
export function withChosen(filters: Filter[], offer: Offer, chosen: Chosen): Filter[] {
  const old = filterFor(filters, offer)
  if (chosen.length === 0) {
    const gone = [offer, ...offer.followUps].map((o) => filterFor(filters, o))
    return filters.filter((f) => !gone.includes(f))
  }
  const next = {
    id: offer.id,
    fieldKey: offer.fieldKey,
    filterExpression: writeFilter(offer.fieldKey, chosen),
  }
  return old ? filters.map((f) => (f === old ? { ...old, ...next } : f)) : [...filters, next]
}

/** The filters that take up none of the offers. */
export function ownFilters(filters: Filter[], offers: Offer[]): Filter[] {
  const all = offers.flatMap((o) => [o, ...o.followUps])
  const taken = new Set(all.map((o) => filterFor(filters, o)))
  return filters.filter((f) => !taken.has(f))
}

function list(v: unknown): Record<string, unknown>[] {
  return Array.isArray(v) ? v.map(asObject) : []
}

function text(v: unknown): string {
  return typeof v === 'string' ? v : typeof v === 'number' ? String(v) : ''
}
