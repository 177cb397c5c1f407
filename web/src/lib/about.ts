import type { Schema } from './api/client'
import { asObject } from './json'
import type { JsonSchema } from './schema/schema'

/** What people know something by: "Ines Duarte · Haircut"; empty where its payload says nothing to people. */
export function aboutOf(thing: { about: Schema<'RunField'>[] }): string {
  return thing.about.map((f) => String(f.value)).join(' · ')
}

/** How many fields say what something is about, and how long each may be. */
const most = 2
const longest = 120

/** The same of a payload, by the schema of its trigger: short texts and numbers that have a title. */
export function aboutPayload(payload: unknown, schema: JsonSchema | undefined): string {
  const values = asObject(payload)
  return Object.entries(schema?.properties ?? {})
    .filter(([key, p]) => {
      const v = values[key]
      if (!p.title || p.format || p.identityType || p.hidden) return false
      return typeof v === 'number' || (typeof v === 'string' && v.trim() !== '' && v.length <= longest)
    })
    .slice(0, most)
    .map(([key]) => String(values[key]))
    .join(' · ')
}
