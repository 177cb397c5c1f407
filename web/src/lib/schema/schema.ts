/** A JSON Schema, of which the console reads only some words. */
export type JsonSchema = {
  type?: string | string[]
  title?: string
  description?: string
  format?: string
  examples?: unknown
  default?: unknown
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  futureDate?: boolean
  [key: string]: unknown
}

/** What a value is, in the words of a schema; 'unknown' where the schema leaves it open. */
export type Kind = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'unknown'

const kinds: readonly string[] = ['string', 'number', 'integer', 'boolean', 'array', 'object']

/** What a schema says that a value is. Null aside, only one type counts. */
export function kindOf(schema: JsonSchema | undefined): Kind {
  if (!schema) return 'unknown'
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter((t) => t !== 'null')
  if (types.length === 1 && types[0] && kinds.includes(types[0])) return types[0] as Kind
  if (types.length > 1) return 'unknown'
  if (schema.properties) return 'object'
  if (schema.items) return 'array'
  const known = schema.enum?.[0] ?? schema.const
  return known === undefined ? 'unknown' : kindOfValue(known)
}

/** What a value of JSON is; 'unknown' for null. */
export function kindOfValue(value: unknown): Kind {
  if (Array.isArray(value)) return 'array'
  if (value === null || value === undefined) return 'unknown'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  const kind = typeof value
  return kinds.includes(kind) ? (kind as Kind) : 'unknown'
}

/** The schema with references within the document and allOf written out, as far as properties go. */
export function resolved(schema: JsonSchema, root: JsonSchema = schema, depth = 0): JsonSchema {
  if (depth > 16) return {}
  if (typeof schema.$ref === 'string') return resolved(pointed(root, schema.$ref), root, depth + 1)
  if (!Array.isArray(schema.allOf)) return schema
  const all: JsonSchema = { ...schema, properties: { ...schema.properties } }
  delete all.allOf
  for (const part of schema.allOf as JsonSchema[]) {
    const { properties, ...rest } = resolved(part, root, depth + 1)
    all.properties = { ...properties, ...all.properties }
    for (const [word, said] of Object.entries(rest)) all[word] ??= said
  }
  return all
}

function pointed(root: JsonSchema, ref: string): JsonSchema {
  if (!ref.startsWith('#')) return {}
  let at: unknown = root
  for (const part of ref.slice(1).split('/').filter(Boolean)) {
    if (typeof at !== 'object' || at === null) return {}
    at = (at as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return typeof at === 'object' && at !== null ? (at as JsonSchema) : {}
}
