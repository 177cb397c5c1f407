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
