import { isObject } from '../json'
import { type JsonSchema, type Kind, kindOf, resolved } from './schema'
import { titleOf } from './title'

/** A value that expressions can read. */
export type Field = {
  /** As it is written: contact.name, lines[0].sku. */
  path: string
  title: string
  /** Titles of what it lies in, outermost first. */
  within: string[]
  kind: Kind
  format?: string
  description?: string
  /** Its value in the example; undefined where that has none. */
  example?: unknown
  /** It lies in a list, so that reading it gives a list. */
  many: boolean
}

const deepest = 6
const most = 500

/** The values that a schema describes, in its order, each after what it lies in. */
export function fieldsOf(schema: JsonSchema, example?: unknown): Field[] {
  const found: Field[] = []
  walk(schema, schema, example, { path: '', within: [], many: false, depth: 0 }, found)
  return found
}

type At = { path: string; within: string[]; many: boolean; depth: number }

function walk(schema: JsonSchema, root: JsonSchema, example: unknown, at: At, found: Field[]): void {
  const s = resolved(schema, root)
  if (at.depth > deepest) return
  for (const [key, raw] of Object.entries(s.properties ?? {})) {
    if (found.length >= most) return
    const property = resolved(raw, root)
    const kind = kindOf(property)
    const path = at.path === '' ? key : `${at.path}.${key}`
    const title = property.title || titleOf(key)
    const value = valueAt(example, key)
    found.push({
      path,
      title,
      within: at.within,
      kind,
      many: at.many,
      ...(typeof property.format === 'string' ? { format: property.format } : {}),
      ...(property.description ? { description: property.description } : {}),
      ...(value === undefined ? {} : { example: value }),
    })
    const below = { within: [...at.within, title], depth: at.depth + 1 }
    if (kind === 'object') walk(property, root, value, { ...below, path, many: at.many }, found)
    if (kind === 'array' && property.items && kindOf(resolved(property.items, root)) === 'object') {
      const items = Array.isArray(value) ? value[0] : undefined
      walk(property.items, root, items, { ...below, path: `${path}[0]`, many: true }, found)
    }
  }
}

function valueAt(example: unknown, key: string): unknown {
  return isObject(example) ? example[key] : undefined
}

/** The field of a path; [0] after a name, which changes nothing for a single value, counts for nothing. */
export function fieldAt(fields: Field[], path: string): Field | undefined {
  const plain = (p: string) => p.replaceAll('[0]', '')
  return fields.find((f) => f.path === path) ?? fields.find((f) => plain(f.path) === plain(path))
}

/** The fields that fit a search: each word stands in the title, the path, or what it lies in. */
export function searched(fields: Field[], query: string): Field[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return fields.filter((f) => {
    const text = [f.title, f.path, ...f.within].join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
