import { useMemo } from 'react'
import type { Automation, JsonSchema } from '@/features/flow/document'
import type { Names } from '@/features/flow/useDescribe'
import { actionOf, type Catalog, triggerOf } from './model/catalog'

/** The names that a site's apps give to what an automation is made of. */
export function useNames(automation: Automation, catalog: Catalog): Names {
  const { trigger } = automation.configuration
  return useMemo(() => {
    const declared = triggerOf(catalog, trigger)
    const payload = trigger.overrideSchema ?? declared?.payloadDataSchema
    return {
      trigger: declared?.displayName,
      action: (action) => actionOf(catalog, action)?.displayName,
      field: (path) => titleAt(payload, path.split('.')),
    }
  }, [catalog, trigger])
}

function titleAt(schema: JsonSchema | undefined, path: string[]): string | undefined {
  const [key, ...rest] = path
  const inner = key === undefined ? undefined : schema?.properties?.[key]
  return rest.length === 0 ? inner?.title : titleAt(inner, rest)
}
