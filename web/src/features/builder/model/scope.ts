import type { Automation, JsonSchema } from '@/features/flow/document'
import { ancestors } from '@/features/flow/links'
import { actionOf, type Catalog, triggerOf } from './catalog'

/** The name under which variables are read. */
export const variables = 'setVariable'

/**
 * The schema of all that a step sees: the payload, what each step before it gives under
 * that step's namespace, and variables. Without a step, of what the trigger's own
 * expressions see. `nameOf` gives the title of a step's part.
 */
export function seenBy(
  automation: Automation,
  catalog: Catalog,
  stepId: string | undefined,
  nameOf: (id: string) => string,
): JsonSchema {
  const { trigger, actions } = automation.configuration
  const payload = trigger.overrideSchema ?? triggerOf(catalog, trigger)?.payloadDataSchema ?? {}
  const properties: Record<string, JsonSchema> = { ...payload.properties }
  for (const id of stepId === undefined ? [] : ancestors(automation, stepId)) {
    const action = actions[id]
    if (!action) continue
    if (action.type === 'SET_VARIABLES') {
      properties[variables] = merged(properties[variables], action.setVariablesInfo?.outputSchema)
      continue
    }
    const output = action.appDefinedInfo?.overrideOutputSchema ?? actionOf(catalog, action)?.outputSchema
    if (action.type !== 'APP_DEFINED' || !output) continue
    if (action.namespace) properties[action.namespace] = { ...output, title: nameOf(id) }
    else Object.assign(properties, output.properties)
  }
  return { type: 'object', properties }
}

function merged(a: JsonSchema | undefined, b: JsonSchema | undefined): JsonSchema {
  return { ...a, ...b, type: 'object', properties: { ...a?.properties, ...b?.properties } }
}

/** An example in the shape of a schema: the first that it gives itself, undefined where it gives none. */
export function exampleOf(schema: JsonSchema): unknown {
  if (schema.examples?.length) return schema.examples[0]
  if (schema.default !== undefined) return schema.default
  if (schema.enum?.length) return schema.enum[0]
  if (schema.properties) {
    const entries = Object.entries(schema.properties).flatMap(([key, s]) => {
      const example = exampleOf(s)
      return example === undefined ? [] : [[key, example] as const]
    })
    return entries.length > 0 ? Object.fromEntries(entries) : undefined
  }
  if (schema.items) {
    const item = exampleOf(schema.items)
    return item === undefined ? undefined : [item]
  }
  return undefined
}

/** Example values of all that a step sees. */
export function examplesOf(schema: JsonSchema): Record<string, unknown> {
  const example = exampleOf({ ...schema, examples: undefined })
  return typeof example === 'object' && example !== null ? (example as Record<string, unknown>) : {}
}
