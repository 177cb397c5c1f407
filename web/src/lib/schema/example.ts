import { type JsonSchema, kindOf, kindOfValue, resolved } from './schema'

const deepest = 8

/**
 * A value that a schema takes: its example, default or first listed value where it has
 * one, or else one made for its type and format. `now` is what dates are counted from: a
 * scheduled trigger's date lies a week ahead.
 */
export function exampleOf(schema: JsonSchema, now: Date, root: JsonSchema = schema, depth = 0): unknown {
  const s = resolved(schema, root)
  const given = givenExample(s)
  if (given !== undefined && s.futureDate !== true) return given
  if (depth > deepest) return null
  const way = alternative(s)
  if (way && kindOf(s) === 'unknown') return exampleOf(way, now, root, depth + 1)
  switch (kindOf(s)) {
    case 'object':
      return Object.fromEntries(
        Object.entries(s.properties ?? {}).map(([key, p]) => [key, exampleOf(p, now, root, depth + 1)]),
      )
    case 'array':
      return list(s, now, root, depth)
    case 'number':
    case 'integer':
      return number(s)
    case 'boolean':
      return true
    case 'string':
      return text(s, now)
    default:
      return s.properties ? {} : 'text'
  }
}

/** An example payload of a schema of an object. */
export function examplePayload(schema: JsonSchema | undefined, now: Date): Record<string, unknown> {
  const value = schema ? exampleOf(schema, now) : {}
  return kindOfValue(value) === 'object' ? (value as Record<string, unknown>) : {}
}

function givenExample(s: JsonSchema): unknown {
  const list = Array.isArray(s.examples) ? s.examples : undefined
  if (kindOf(s) === 'array') {
    // One bare example of a list looks like a list of examples.
    if (list && list.length > 0) return list.every(Array.isArray) ? list[0] : list
  } else if (list && list.length > 0) {
    return list[0]
  } else if (s.examples !== undefined && !list) {
    return s.examples
  }
  return s.default ?? s.const ?? s.enum?.[0]
}

function alternative(s: JsonSchema): JsonSchema | undefined {
  for (const word of ['anyOf', 'oneOf']) {
    const ways = s[word]
    if (Array.isArray(ways) && ways.length > 0) return ways[0] as JsonSchema
  }
  return undefined
}

function list(s: JsonSchema, now: Date, root: JsonSchema, depth: number): unknown[] {
  if (!s.items || typeof s.items !== 'object') return []
  const least = typeof s.minItems === 'number' ? Math.min(s.minItems, 20) : 1
  const most = typeof s.maxItems === 'number' ? s.maxItems : 20
  const n = Math.min(Math.max(1, least), most)
  return Array.from({ length: n }, () => exampleOf(s.items as JsonSchema, now, root, depth + 1))
}

function number(s: JsonSchema): number {
  const whole = kindOf(s) === 'integer'
  const step = typeof s.multipleOf === 'number' && s.multipleOf > 0 ? s.multipleOf : whole ? 1 : 0.5
  let value = 42
  if (typeof s.minimum === 'number') value = Math.max(value, s.minimum)
  if (typeof s.exclusiveMinimum === 'number') value = Math.max(value, s.exclusiveMinimum + step)
  if (typeof s.maximum === 'number') value = Math.min(value, s.maximum)
  if (typeof s.exclusiveMaximum === 'number') value = Math.min(value, s.exclusiveMaximum - step)
  if (typeof s.multipleOf === 'number' && s.multipleOf > 0) {
    const up = Math.ceil(value / s.multipleOf) * s.multipleOf
    const most = typeof s.maximum === 'number' ? s.maximum : Number.POSITIVE_INFINITY
    return up <= most ? up : up - s.multipleOf
  }
  return whole ? Math.floor(value) : value
}

function text(s: JsonSchema, now: Date): string {
  const at = new Date(now.getTime() + 7 * 86_400_000)
  at.setUTCMinutes(0, 0, 0)
  switch (s.format) {
    case 'date-time':
      return at.toISOString().replace('.000', '')
    case 'date':
      return at.toISOString().slice(0, 10)
    case 'time':
      return '09:00:00Z'
    case 'email':
      return 'ada@example.com'
    case 'uri':
    case 'url':
      return 'https://example.com/'
    case 'uuid':
      return '0b7f6f6e-6c1d-4f0a-9a53-2f1c5b3a7d10'
    case 'number':
      return '42.50'
    case 'ipv4':
      return '192.0.2.1'
    case 'hostname':
      return 'example.com'
  }
  const least = typeof s.minLength === 'number' ? Math.min(s.minLength, 1000) : 0
  const most = typeof s.maxLength === 'number' ? s.maxLength : 1000
  return 'Example'.padEnd(least, '.').slice(0, most)
}
