import type { JsonSchema, SetVariablesInfo } from '@/features/flow/document'
import type { JsonObject } from '@/lib/json'
import { titleOf } from '@/lib/schema/title'

/** One variable that a step sets. */
export type Variable = { key: string; title: string; value: string; type: VariableType }
export type VariableType = 'string' | 'number' | 'boolean' | 'date-time' | 'other'

/** The variables that a step sets, in the order of the document. */
export function readVariables(info: SetVariablesInfo | undefined): Variable[] {
  const properties = info?.outputSchema?.properties ?? {}
  return Object.entries(info?.outputMapping ?? {}).map(([key, value]) => ({
    key,
    title: properties[key]?.title ?? titleOf(key),
    value: typeof value === 'string' ? value : JSON.stringify(value),
    type: typeOf(properties[key]),
  }))
}

function typeOf(s: JsonSchema | undefined): VariableType {
  if (s?.type === 'string')
    return s.format === 'date-time' ? 'date-time' : s.format === undefined ? 'string' : 'other'
  if (s?.type === 'number' || s?.type === 'integer') return 'number'
  return s?.type === 'boolean' ? 'boolean' : 'other'
}

/** A step that sets other variables. What is known of one beyond its title and type stays. */
export function writeVariables(variables: Variable[], old: SetVariablesInfo | undefined): SetVariablesInfo {
  const was = old?.outputSchema?.properties ?? {}
  const outputMapping: JsonObject = {}
  const properties: Record<string, JsonSchema> = {}
  for (const v of variables) {
    const before = old?.outputMapping?.[v.key]
    outputMapping[v.key] =
      before !== undefined && typeof before !== 'string' && JSON.stringify(before) === v.value
        ? before
        : v.value
    properties[v.key] =
      v.type === 'other' ? { ...was[v.key], title: v.title } : { title: v.title, ...schemaOf(v.type) }
  }
  return { ...old, outputMapping, outputSchema: { ...old?.outputSchema, type: 'object', properties } }
}

function schemaOf(type: Exclude<VariableType, 'other'>): JsonSchema {
  return type === 'date-time' ? { type: 'string', format: 'date-time' } : { type }
}

/** A key for a variable of a title that no other has: "Total price" gives totalPrice. */
export function keyFor(title: string, taken: string[]): string {
  const words = title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .split(' ')
    .filter(Boolean)
  const joined = words
    .map((w, i) => (i === 0 ? w.toLowerCase() : w.charAt(0).toUpperCase() + w.slice(1).toLowerCase()))
    .join('')
  const base = /^[A-Za-z]/.test(joined) ? joined : `variable${joined}`
  if (!taken.includes(base)) return base
  for (let n = 2; ; n++) if (!taken.includes(`${base}${n}`)) return `${base}${n}`
}
