import { asObject, type JsonObject } from '@/lib/json'
// An automation as it travels: the parts of the document that the console reads or
// writes. What else stands in it is kept as it is.

export type TimeUnit = 'MINUTES' | 'HOURS' | 'DAYS' | 'WEEKS' | 'MONTHS'
export const timeUnits: TimeUnit[] = ['MINUTES', 'HOURS', 'DAYS', 'WEEKS', 'MONTHS']

export type ActionType =
  | 'APP_DEFINED'
  | 'CONDITION'
  | 'CODE_CONDITION'
  | 'DELAY'
  | 'RATE_LIMIT'
  | 'SET_VARIABLES'
  | 'SPLIT'
  | 'OUTPUT'
  | 'MERGE'

/** A JSON Schema, of which the console reads only some words. */
export type JsonSchema = {
  type?: string | string[]
  title?: string
  description?: string
  format?: string
  examples?: unknown[]
  default?: unknown
  enum?: unknown[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  futureDate?: boolean
  [key: string]: unknown
}

export type Filter = { id: string; fieldKey: string; filterExpression: string }

export type Trigger = {
  appId: string
  triggerKey: string
  filters?: Filter[]
  scheduledEventOffset?: { preScheduledEventOffsetExpression: string; scheduledEventOffsetTimeUnit: TimeUnit }
  rateLimit?: RateLimit
  skipWhenLater?: { durationExpression: string; durationTimeUnit: TimeUnit }
  automationConfigMapping?: JsonObject
  overrideSchema?: JsonSchema
}

export type RateLimit = {
  maxActivationsExpression: string
  durationExpression?: string
  durationTimeUnit?: TimeUnit
  uniqueIdentifierExpression?: string
}

export type ExpressionGroup = { operator: 'AND' | 'OR'; booleanExpressions: string[] }

export type AppDefinedInfo = {
  appId: string
  actionKey: string
  inputMapping?: JsonObject
  /** The step is passed over where one of these groups holds. */
  skipConditionOrExpressionGroups?: ExpressionGroup[]
  postActionIds?: string[]
  overrideOutputSchema?: JsonSchema
}
export type ConditionInfo = {
  orExpressionGroups: ExpressionGroup[]
  truePostActionIds?: string[]
  falsePostActionIds?: string[]
}
export type CodeConditionInfo = {
  snippet: { language: string; code: string }
  dynamicVariableExpressions?: string[]
  truePostActionIds?: string[]
  falsePostActionIds?: string[]
}
export type DelayInfo = {
  offsetExpression?: string
  offsetTimeUnit?: TimeUnit
  dueDateExpression?: string
  dueDateEpochExpression?: string
  postActionIds?: string[]
}
export type RateLimitInfo = {
  maxActivationsExpression: string
  rateLimitDurationExpression?: string
  rateLimitDurationTimeUnit?: TimeUnit
  uniqueIdentifierExpression?: string
  postActionIds?: string[]
}
export type SetVariablesInfo = {
  outputMapping?: JsonObject
  outputSchema?: JsonSchema
  postActionIds?: string[]
}
export type SplitPath = { id: string; name: string; displayName?: string; postActionId?: string }

/** One step; the info of its type alone is set. */
export type Action = {
  id?: string
  type: ActionType
  namespace?: string
  displayName?: string
  skipActionExpression?: string
  continueOnFailure?: boolean
  appDefinedInfo?: AppDefinedInfo
  conditionInfo?: ConditionInfo
  codeConditionInfo?: CodeConditionInfo
  delayInfo?: DelayInfo
  rateLimitInfo?: RateLimitInfo
  setVariablesInfo?: SetVariablesInfo
  splitInfo?: { paths: SplitPath[] }
  mergeInfo?: { postActionIds?: string[] }
  outputInfo?: { outputMapping?: JsonObject }
}

export type Settings = {
  readonly?: boolean
  disableDelete?: boolean
  disableStatusChange?: boolean
  actionSettings?: {
    permanentActionIds?: string[]
    readonlyActionIds?: string[]
    disableDelayAddition?: boolean
    disableConditionAddition?: boolean
  }
  triggerSettings?: { disableConfigurationModification?: boolean }
}

export type Configuration = {
  status: 'ACTIVE' | 'INACTIVE'
  /** Without a key where no trigger was chosen yet. */
  trigger: Trigger
  rootActionIds: string[]
  actions: Record<string, Action>
}

export type Automation = {
  id?: string
  revision?: string
  name: string
  description?: string
  origin: string
  settings?: Settings
  draftInfo?: { originalAutomationId?: string }
  configuration: Configuration
}

/** An automation of which anything may be missing, such as a draft, with the missing parts empty. */
export function whole(partial: unknown): Automation {
  const given = asObject(partial)
  const configuration = asObject(given.configuration)
  const trigger = asObject(configuration.trigger)
  const actions = asObject(configuration.actions)
  return {
    ...given,
    name: text(given.name),
    origin: text(given.origin) || 'USER',
    configuration: {
      ...configuration,
      status: configuration.status === 'ACTIVE' ? 'ACTIVE' : 'INACTIVE',
      trigger: { ...trigger, appId: text(trigger.appId), triggerKey: text(trigger.triggerKey) },
      rootActionIds: Array.isArray(configuration.rootActionIds)
        ? configuration.rootActionIds.map(String)
        : [],
      actions: Object.fromEntries(
        Object.entries(actions).map(([id, a]) => [id, { ...asObject(a), id } as Action]),
      ),
    },
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
