import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { literalNumber, lookOf, readable, type StepText } from './describe'
import type { Action, Automation, TimeUnit } from './document'
import { triggerId } from './links'

/** The names that apps give to what an automation is made of. */
export type Names = {
  /** Of the trigger; undefined where the site has no such trigger, or none was chosen. */
  trigger: string | undefined
  /** Of what a step carries out. */
  action: (action: Action) => string | undefined
  /** Of a field that expressions read. */
  field: (path: string) => string | undefined
}

/** How the trigger and the steps of an automation are shown, in the language of the page. */
export function useDescribe(automation: Automation, names: Names): (id: string) => StepText {
  const { t } = useTranslation('flow')
  return useMemo(() => (id: string) => described(automation, names, t, id), [automation, names, t])
}

type Say = TFunction<'flow'>

function described(automation: Automation, names: Names, t: Say, id: string): StepText {
  const { trigger, actions } = automation.configuration
  if (id === triggerId) {
    const offset = trigger.scheduledEventOffset
    const n = literalNumber(offset?.preScheduledEventOffsetExpression)
    const title = names.trigger ?? t(trigger.triggerKey ? 'unknownTrigger' : 'noTrigger')
    if (n === undefined) return { title, look: 'trigger' }
    return {
      title,
      summary: t('before', { span: span(t, n, offset?.scheduledEventOffsetTimeUnit) }),
      look: 'trigger',
    }
  }
  const action = actions[id]
  if (!action) return { title: id, look: 'app' }
  const text = about(action, names, t)
  return { ...text, title: action.displayName || text.title, look: lookOf(action) }
}

function span(t: Say, count: number, unit: TimeUnit | undefined): string {
  return t(`span.${unit ?? 'DAYS'}`, { count })
}

function about(action: Action, names: Names, t: Say): { title: string; summary?: string } {
  const type = t(`types.${action.type}`)
  switch (action.type) {
    case 'APP_DEFINED':
      return carriedOut(action, names, t)
    case 'DELAY': {
      const info = action.delayInfo
      if (info?.dueDateExpression || info?.dueDateEpochExpression)
        return { title: type, summary: t('untilDate') }
      const n = literalNumber(info?.offsetExpression)
      return { title: n === undefined ? type : t('wait', { span: span(t, n, info?.offsetTimeUnit) }) }
    }
    case 'CONDITION': {
      const count = action.conditionInfo?.orExpressionGroups.flatMap((g) => g.booleanExpressions).length ?? 0
      return { title: type, summary: count === 0 ? t('noCondition') : t('conditions', { count }) }
    }
    case 'SPLIT':
      return { title: type, summary: t('paths', { count: action.splitInfo?.paths.length ?? 0 }) }
    case 'RATE_LIMIT': {
      const n = literalNumber(action.rateLimitInfo?.maxActivationsExpression)
      return { title: type, summary: n === undefined ? undefined : t('times', { count: n }) }
    }
    case 'SET_VARIABLES':
      return {
        title: type,
        summary: Object.keys(action.setVariablesInfo?.outputMapping ?? {}).join(', ') || undefined,
      }
    default:
      return { title: type }
  }
}

/** What is carried out, and the one value of its input that says most. */
function carriedOut(action: Action, names: Names, t: Say): { title: string; summary?: string } {
  const said = (value: unknown) =>
    typeof value === 'string' && value ? readable(value, names.field) : undefined
  const input = action.appDefinedInfo?.inputMapping ?? {}
  const look = lookOf(action)
  if (look === 'email') {
    const to = said(Array.isArray(input.to) ? input.to.join(', ') : input.to)
    return { title: t('actions.email'), summary: to && t('to', { who: to }) }
  }
  const known = look === 'notify' || look === 'request' ? t(`actions.${look}`) : undefined
  return {
    title: known ?? names.action(action) ?? t('unknownAction'),
    summary: said(input.title) ?? said(input.message) ?? said(input.url),
  }
}
