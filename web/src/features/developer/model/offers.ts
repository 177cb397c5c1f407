import { fieldsOf } from '@/lib/schema/fields'
import { type JsonSchema, kindOf, resolved } from '@/lib/schema/schema'
import type { Json } from './patch'

// The filters that a trigger offers, as the form shows them: questions about fields of the
// payload. Every edit gives a new list and leaves what the form does not show as it is, so
// that form and JSON stay in step.

export type Declared = { [key: string]: Json }

/** Where a filter stands: its place among the first ones, then among those that follow up on it. */
export type Way = number[]

export type Kind = 'number' | 'boolean' | 'choice' | 'values'
export const kinds: readonly Kind[] = ['choice', 'number', 'boolean', 'values']

export type Choice = { id: string; value: string; title: string }

export type Offer = {
  way: Way
  /** The field of the payload; undefined where the app's own page alone knows it. */
  field: string | undefined
  label: string
  description: string
  required: boolean
  kind: Kind
  /** More than one value may be let through. */
  many: boolean
  /** Bounds and beginning of a number; undefined for none. */
  least: number | undefined
  most: number | undefined
  initial: number | undefined
  /** What a yes or no begins as. */
  on: boolean
  choices: Choice[]
  followUps: Offer[]
}

/** Bounds of the server. */
export const mostOffers = 5
export const deepest = 3

/** The list that is typed; undefined for what is none. Nothing typed is an empty list. */
export function parseOffers(source: string): Declared[] | undefined {
  if (source.trim() === '') return []
  try {
    const list: Json = JSON.parse(source)
    return Array.isArray(list) && list.every(isObject) ? (list as Declared[]) : undefined
  } catch {
    return undefined
  }
}

/** What is typed for a list: nothing for an empty one. */
export function writeOffers(list: Declared[]): string {
  return list.length === 0 ? '' : JSON.stringify(list, null, 2)
}

/** What the form shows of a list. */
export function offersOf(list: Declared[], above: Way = []): Offer[] {
  return list.map((raw, i) => {
    const way = [...above, i]
    const input = object(raw.valueInput)
    const numbers = object(object(input.userInput).numberInputOptions)
    const items = object(input.staticItems)
    const kind = kindOfInput(input)
    return {
      way,
      field: raw.fieldKeyType === 'DYNAMIC_FIELD_KEY' ? undefined : text(raw.staticFieldKey),
      label: text(input.label) || text(object(raw.dynamicFieldKey).label),
      description: text(input.description),
      required: input.required === true,
      kind,
      many:
        kind === 'values' ? object(input.entitySelector).multiSelect !== false : items.multiSelect === true,
      least: number(numbers.minValue),
      most: number(numbers.maxValue),
      initial: number(numbers.defaultValue),
      on: object(object(input.userInput).booleanInputOptions).defaultValue === true,
      choices: objects(items.staticValues).map((v) => ({
        id: text(v.id),
        value: text(v.value),
        title: text(v.displayName),
      })),
      followUps: offersOf(objects(raw.followUpFilters), way),
    }
  })
}

function kindOfInput(input: Declared): Kind {
  if (input.type === 'STATIC_ITEMS') return 'choice'
  if (input.type !== 'USER_INPUT') return 'values'
  return object(input.userInput).type === 'BOOLEAN' ? 'boolean' : 'number'
}

export type Change = Partial<Omit<Offer, 'way' | 'followUps'>>

/** The list with one filter changed. */
export function changed(list: Declared[], way: Way, change: Change, newId: () => string): Declared[] {
  return at(list, way, (raw) => {
    const input = { ...object(raw.valueInput) }
    setText(input, 'label', change.label)
    setText(input, 'description', change.description)
    if (change.required !== undefined) input.required = change.required
    if (change.kind !== undefined) retype(input, change.kind, newId)
    if (change.many !== undefined) {
      const holder = kindOfInput(input) === 'choice' ? 'staticItems' : 'entitySelector'
      input[holder] = { ...object(input[holder]), multiSelect: change.many }
    }
    setNumbers(input, change)
    if (change.on !== undefined)
      input.userInput = { type: 'BOOLEAN', booleanInputOptions: { defaultValue: change.on } }
    if (change.choices)
      input.staticItems = { ...object(input.staticItems), staticValues: written(change.choices) }
    const next: Declared = { ...raw, valueInput: input }
    if (change.field !== undefined) next.staticFieldKey = change.field
    return [next]
  })
}

/** The list without one filter. */
export function removed(list: Declared[], way: Way): Declared[] {
  return at(list, way, () => [])
}

/** The list with a filter more, at its end or among those that follow up on another. */
export function added(list: Declared[], above: Way, offer: Declared): Declared[] {
  if (above.length === 0) return [...list, offer]
  return at(list, above, (raw) => [{ ...raw, followUpFilters: [...objects(raw.followUpFilters), offer] }])
}

/** A filter on a field, with the question and the values that its schema suggests. */
export function newOffer(schema: JsonSchema, field: string, newId: () => string): Declared {
  const input: Declared = { ...suggested(schema, field, newId) }
  return { id: newId(), fieldKeyType: 'STATIC_FIELD_KEY', staticFieldKey: field, valueInput: input }
}

/** The list with a filter put onto another field, and asking as that field suggests. */
export function moved(
  list: Declared[],
  way: Way,
  schema: JsonSchema,
  field: string,
  newId: () => string,
): Declared[] {
  return at(list, way, (raw) => {
    const input = object(raw.valueInput)
    const before = suggested(schema, text(raw.staticFieldKey), newId)
    const untouched = text(input.label) === '' || input.label === before.label
    const next = suggested(schema, field, newId)
    const kept: Declared = untouched ? { ...input, ...next } : { ...input, ...next, label: text(input.label) }
    for (const key of ['userInput', 'staticItems', 'entitySelector']) if (!(key in next)) delete kept[key]
    return [{ ...raw, staticFieldKey: field, valueInput: kept }]
  })
}

function suggested(schema: JsonSchema, path: string, newId: () => string): Declared {
  const found = path === '' ? undefined : schemaAt(schema, path)
  const label = fieldsOf(schema).find((f) => f.path === path)?.title ?? ''
  const input: Declared = { label, required: false }
  const kind = kindOf(found)
  const choices = (found?.enum ?? []).filter((v) => typeof v === 'string' || typeof v === 'number')
  if (choices.length > 0) {
    const values = choices.map((v) => ({ id: newId(), value: String(v), title: '' }))
    return {
      ...input,
      type: 'STATIC_ITEMS',
      staticItems: { multiSelect: true, staticValues: written(values) },
    }
  }
  if (kind === 'boolean') retype(input, 'boolean', newId)
  else if (kind === 'number' || kind === 'integer') retype(input, 'number', newId)
  else retype(input, 'values', newId)
  return input
}

function schemaAt(schema: JsonSchema, path: string): JsonSchema | undefined {
  let here: JsonSchema | undefined = schema
  for (const part of path.split('.')) {
    const key = part.replace(/\[\d*\]$/, '')
    here = resolved(here ?? {}, schema).properties?.[key]
    if (part !== key) here = resolved(here ?? {}, schema).items
  }
  return here && resolved(here, schema)
}

/** Makes an input ask in another way; what goes with the old one is dropped. */
function retype(input: Declared, kind: Kind, newId: () => string): void {
  delete input.userInput
  delete input.staticItems
  delete input.entitySelector
  if (kind === 'number') {
    input.type = 'USER_INPUT'
    input.userInput = { type: 'NUMBER', numberInputOptions: {} }
  } else if (kind === 'boolean') {
    input.type = 'USER_INPUT'
    input.userInput = { type: 'BOOLEAN', booleanInputOptions: { defaultValue: true } }
  } else if (kind === 'choice') {
    input.type = 'STATIC_ITEMS'
    input.staticItems = { multiSelect: true, staticValues: [{ id: newId(), value: '' }] }
  } else {
    input.type = 'ENTITY_SELECTOR'
    input.entitySelector = { id: newId(), multiSelect: true }
  }
}

function setNumbers(input: Declared, change: Change): void {
  const words = { least: 'minValue', most: 'maxValue', initial: 'defaultValue' } as const
  for (const [name, word] of Object.entries(words)) {
    if (!(name in change)) continue
    const options = { ...object(object(input.userInput).numberInputOptions) }
    const value = change[name as keyof typeof words]
    if (value === undefined) delete options[word]
    else options[word] = value
    input.userInput = { type: 'NUMBER', numberInputOptions: options }
  }
}

function written(choices: Choice[]): Json[] {
  return choices.map(({ id, value, title }): Declared => {
    return title === '' ? { id, value } : { id, value, displayName: title }
  })
}

/** What keeps a filter from being offered as it is; the words are the form's. */
export type Fault = 'noField' | 'unknownField' | 'noChoices' | 'emptyChoice' | 'bounds'

/** What stands against a filter, its gravest first. */
export function faultsOf(offer: Offer, paths: readonly string[]): Fault[] {
  const faults: Fault[] = []
  if (offer.field === '') faults.push('noField')
  else if (offer.field !== undefined && !paths.includes(offer.field)) faults.push('unknownField')
  if (offer.kind === 'choice') {
    if (offer.choices.length === 0) faults.push('noChoices')
    else if (offer.choices.some((c) => c.value.trim() === '')) faults.push('emptyChoice')
  }
  if (offer.least !== undefined && offer.most !== undefined && offer.least > offer.most) faults.push('bounds')
  return faults
}

function at(list: Declared[], way: Way, edit: (raw: Declared) => Declared[]): Declared[] {
  const [first, ...rest] = way
  return list.flatMap((raw, i) => {
    if (i !== first) return [raw]
    if (rest.length === 0) return edit(raw)
    const inner = at(objects(raw.followUpFilters), rest, edit)
    const { followUpFilters: _, ...others } = raw
    return [inner.length === 0 ? others : { ...others, followUpFilters: inner }]
  })
}

function setText(input: Declared, key: string, value: string | undefined): void {
  if (value === undefined) return
  if (value === '' && key !== 'label') delete input[key]
  else input[key] = value
}

function isObject(value: Json | undefined): value is Declared {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const object = (value: Json | undefined): Declared => (isObject(value) ? value : {})
const objects = (value: Json | undefined): Declared[] => (Array.isArray(value) ? value.filter(isObject) : [])
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
const number = (value: Json | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined
