import type { Action, Automation, JsonSchema, Trigger } from '@/features/flow/document'

/** A trigger that an automation can have. */
export type CatalogTrigger = {
  appId: string
  triggerKey: string
  displayName: string
  payloadDataSchema?: JsonSchema
  /** What an automation sets for itself. */
  automationConfigSchema?: JsonSchema
  filters: unknown
  metadata: { hidden: boolean }
}

/** An action that a step can carry out. */
export type CatalogAction = {
  appId: string
  actionKey: string
  displayName: string
  description?: string
  inputSchema: JsonSchema
  outputSchema?: JsonSchema
}

/** What one app offers; the built-in app is on every site. */
export type CatalogApp = {
  id: string
  name: string
  builtIn: boolean
  triggers: CatalogTrigger[]
  actions: CatalogAction[]
}

/** What a site's apps offer, the built-in app first. */
export type Catalog = CatalogApp[]

// Documents may name the built-in app in two ways, and its triggers by the names of
// the compatible wire.
const builtInNames = ['belay', '139ef4fa-c108-8f9a-c7be-d5f492a2c939']
const builtInTriggers: Record<string, string> = {
  'wix_automations-scheduled_trigger': 'schedule',
  'wix_automations-webhook_trigger': 'webhook',
  'wix_automations-custom_trigger': 'custom',
}

/** The app that an ID in a document means. */
export function appOf(catalog: Catalog, appId: string): CatalogApp | undefined {
  const id = appId.toLowerCase()
  return catalog.find((app) => app.id === id || (app.builtIn && builtInNames.includes(id)))
}

/** The declaration of an automation's trigger, where the site has it. */
export function triggerOf(
  catalog: Catalog,
  trigger: Pick<Trigger, 'appId' | 'triggerKey'>,
): CatalogTrigger | undefined {
  const app = appOf(catalog, trigger.appId)
  const key = app?.builtIn ? (builtInTriggers[trigger.triggerKey] ?? trigger.triggerKey) : trigger.triggerKey
  return app?.triggers.find((t) => t.triggerKey === key)
}

/** Whether an automation starts by a date that its trigger tells of: before it, at it or after it. */
export function isScheduled(catalog: Catalog, automation: Automation): boolean {
  return timeField(triggerOf(catalog, automation.configuration.trigger)) !== undefined
}

/** The declaration of what a step carries out, where it is of an app and the site has it. */
export function actionOf(catalog: Catalog, action: Action): CatalogAction | undefined {
  const info = action.appDefinedInfo
  return info && appOf(catalog, info.appId)?.actions.find((a) => a.actionKey === info.actionKey)
}

/** The property that says when a scheduled trigger's occurrence takes place; none for other triggers. */
export function timeField(declared: CatalogTrigger | undefined): string | undefined {
  const properties = declared?.payloadDataSchema?.properties ?? {}
  return Object.keys(properties).find((key) => properties[key]?.futureDate === true)
}
