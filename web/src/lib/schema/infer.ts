import { guid } from '../guid'
import { type JsonSchema, kindOfValue } from './schema'
import { titleOf } from './title'

/** What of a payload a declared schema cannot say, and so leaves out. */
export type Omission = { path: string; reason: 'key' | 'deep' | 'null' | 'list' | 'empty' }

export type Inferred = { schema: JsonSchema; omitted: Omission[] }

const keyPattern = /^[A-Za-z0-9][A-Za-z0-9_]*$/

/**
 * A payload schema as a trigger may declare it, made of one payload: types, formats,
 * titles from keys, the payload's own values as examples. What such a schema cannot say is
 * told in `omitted`: keys with other signs, values below the second level, lists of anything
 * but flat objects, null.
 */
export function schemaOf(payload: Record<string, unknown>): Inferred {
  const omitted: Omission[] = []
  const properties: Record<string, JsonSchema> = {}
  for (const [key, value] of Object.entries(payload)) {
    const property = first(key, value, omitted)
    if (property) properties[key] = property
  }
  return { schema: { type: 'object', properties, required: Object.keys(properties) }, omitted }
}

function first(key: string, value: unknown, omitted: Omission[]): JsonSchema | undefined {
  if (!keyPattern.test(key)) return leave(omitted, key, 'key')
  if (value === null || value === undefined) return leave(omitted, key, 'null')
  if (Array.isArray(value)) return list(key, value, omitted)
  if (typeof value === 'object') {
    const properties = flat(key, value as Record<string, unknown>, omitted)
    if (Object.keys(properties).length === 0) return leave(omitted, key, 'empty')
    return { type: 'object', title: titleOf(key), properties, examples: [kept(value, properties)] }
  }
  return { ...scalar(value), title: titleOf(key), examples: [value] }
}

function list(key: string, value: unknown[], omitted: Omission[]): JsonSchema | undefined {
  const items = value.filter((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
  if (value.length === 0) return leave(omitted, key, 'empty')
  if (items.length < value.length) return leave(omitted, key, 'list')
  const all = Object.assign({}, ...items) as Record<string, unknown>
  const properties = flat(`${key}[0]`, all, omitted)
  if (Object.keys(properties).length === 0) return leave(omitted, key, 'empty')
  const required = Object.keys(properties).filter((name) => items.every((item) => name in (item as object)))
  return {
    type: 'array',
    title: titleOf(key),
    items: { type: 'object', properties, required },
    examples: [items.slice(0, 3).map((item) => kept(item as object, properties))],
  }
}

/** The second level: values that hold nothing themselves. */
function flat(at: string, value: Record<string, unknown>, omitted: Omission[]): Record<string, JsonSchema> {
  const properties: Record<string, JsonSchema> = {}
  for (const [key, field] of Object.entries(value)) {
    const path = `${at}.${key}`
    if (!keyPattern.test(key)) leave(omitted, path, 'key')
    else if (field === null || field === undefined) leave(omitted, path, 'null')
    else if (typeof field === 'object') leave(omitted, path, 'deep')
    else properties[key] = { ...scalar(field), title: titleOf(key) }
  }
  return properties
}

function kept(value: object, properties: Record<string, JsonSchema>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key in properties))
}

function leave(omitted: Omission[], path: string, reason: Omission['reason']): undefined {
  omitted.push({ path, reason })
}

function scalar(value: unknown): JsonSchema {
  const type = kindOfValue(value)
  const format = typeof value === 'string' ? formatOf(value) : undefined
  return format ? { type, format } : { type }
}

const formats: [string, RegExp][] = [
  ['uuid', guid],
  ['date-time', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i],
  ['date', /^\d{4}-\d{2}-\d{2}$/],
  ['email', /^[^\s@"(),:;<>[\]]+@[^\s@"(),:;<>[\]]+\.[^\s@"(),:;<>[\]]+$/],
  ['uri', /^https?:\/\/\S+$/i],
]

/** The format that a text has beyond doubt, undefined for none. */
export function formatOf(text: string): string | undefined {
  const format = formats.find(([, pattern]) => pattern.test(text))?.[0]
  const dated = format === 'date' || format === 'date-time'
  return dated && Number.isNaN(Date.parse(text)) ? undefined : format
}
