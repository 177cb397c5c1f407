import type { Schema } from '@/lib/api/client'

export type Preview = Schema<'PreviewResponse'>
export type Automation = Schema<'PreviewedAutomation'>
export type Step = Schema<'PreviewedStep'>
export type Expression = Schema<'PreviewedExpression'>

/** A trigger by its names. */
export type TriggerRef = { appId: string; triggerKey: string }

/** Where the payload comes from: the trigger's example, one's own, or something that happened. */
export type Source = 'example' | 'own' | 'past'

const order = ['RUNS', 'SKIPPED', 'FAILED', 'NOT_READY', 'INACTIVE']

/** What would run first, then what would not, each in the order that they came in. */
export function ordered(list: Automation[]): Automation[] {
  return [...list].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))
}

/** How a value of a payload is shown: texts as they are, lists and objects as JSON, cut where it is long. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** The first few texts of a payload, by which people tell one from another. */
export function gist(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null) return ''
  return Object.values(payload)
    .filter(
      (v): v is string =>
        typeof v === 'string' && v !== '' && !/^\d{4}-\d\d-\d\dT/.test(v) && !/^[0-9a-f-]{36}$/i.test(v),
    )
    .slice(0, 2)
    .join(', ')
    .slice(0, 60)
}
