import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Automation } from '@/features/flow/document'
import { titleOf } from '@/lib/schema/title'
import { helpOf } from './forms/help'
import { actionOf, appOf, type Catalog } from './model/catalog'
import type { Words } from './model/legible'

/** What comparisons, waits and limits are in the language of the page. */
export function useWords(): Words {
  const { t: forms } = useTranslation('forms')
  const { t: flow } = useTranslation('flow')
  return useMemo(
    () => ({
      operator: (operator) => forms(`operator.${operator}`),
      span: (count, unit) => flow(`span.${unit}`, { count }),
      times: (count) => flow('times', { count }),
      or: forms('condition.or'),
    }),
    [forms, flow],
  )
}

/** What a field of a step's input is called where it is filled in. */
export function useLabels(
  catalog: Catalog,
): (automation: Automation, stepId: string, name: string) => string {
  const { t } = useTranslation('builder')
  const { t: forms } = useTranslation('forms')
  return (automation, stepId, name) => {
    const action = automation.configuration.actions[stepId]
    const info = action?.appDefinedInfo
    const builtIn = info && appOf(catalog, info.appId)?.builtIn
    const own = builtIn ? helpOf(info.actionKey, name, forms)?.label : undefined
    const declared = action && actionOf(catalog, action)?.inputSchema.properties?.[name]?.title
    return own ?? declared ?? t(`changes.part.${name as 'name'}`, { defaultValue: titleOf(name) })
  }
}
