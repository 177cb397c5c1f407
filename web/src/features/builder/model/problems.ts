/** One thing that stands against an automation, and where. */
export type Problem = {
  id: string
  part: 'trigger' | 'step' | 'whole'
  stepId?: string
  severity: 'error' | 'warning'
  /** The server's sentence about it. */
  message: string
  /** The rule that is broken. */
  reason: string
  /** The path below the trigger or the step, such as appDefinedInfo.inputMapping.to. */
  field?: string
  /** The filter, or the field of an action's input. */
  fieldKey?: string
  /** Where in the expression, counted from 1. */
  character?: number
}

type Finding = {
  actionId?: string
  severity: string
  configurationError?: {
    reason: string
    field?: string
    fieldKey?: string
    filterFieldKey?: string
    character?: number
    message: string
  }
  providerConfigurationError?: { fieldKey?: string; title: string; message: string }
}

/** The parts of a validation's answer that are read. */
export type Validation = {
  triggerValidationErrors: Finding[]
  actionValidationErrors: Finding[]
  automationValidationErrors: Finding[]
}

const atTrigger = 'automation.configuration.trigger.'
const atActions = 'automation.configuration.actions.'

/** What a validation found, by part; what concerns a step that is not named stands against the whole. */
export function problemsOf(v: Validation): Problem[] {
  return [
    ...v.triggerValidationErrors.map((f) => problem(f, 'trigger')),
    ...v.actionValidationErrors.map((f) => problem(f, 'step')),
    ...v.automationValidationErrors.map((f) => problem(f, 'whole')),
  ]
}

function problem(f: Finding, part: Problem['part']): Problem {
  const own = f.configurationError
  const said = f.providerConfigurationError
  const place = own?.field ?? ''
  const stepId = f.actionId ?? stepAt(place)
  const found: Problem = {
    id: [
      part,
      stepId,
      place || said?.fieldKey,
      own?.reason,
      own?.character,
      own?.message ?? said?.message,
    ].join('|'),
    part: part === 'whole' && stepId !== undefined ? 'step' : part,
    severity: f.severity === 'ERROR' ? 'error' : 'warning',
    message: own?.message ?? `${said?.title}: ${said?.message}`,
    reason: own?.reason ?? 'PROVIDER',
  }
  if (stepId !== undefined) found.stepId = stepId
  const field = below(place, part === 'trigger' ? atTrigger : `${atActions}${stepId}.`)
  if (field !== undefined) found.field = field
  const fieldKey = own?.filterFieldKey ?? own?.fieldKey ?? said?.fieldKey
  if (fieldKey !== undefined) found.fieldKey = fieldKey
  if (own?.character !== undefined) found.character = own.character
  return found
}

function stepAt(place: string): string | undefined {
  return place.startsWith(atActions) ? place.slice(atActions.length).split('.')[0] : undefined
}

function below(place: string, prefix: string): string | undefined {
  return place.startsWith(prefix) ? place.slice(prefix.length) : undefined
}

/** What stands against one part: a step by its ID, the trigger without one. */
export function problemsAt(problems: Problem[], stepId: string | undefined): Problem[] {
  return problems.filter((p) => (stepId === undefined ? p.part === 'trigger' : p.stepId === stepId))
}

/** The gravest of some problems, undefined for none. */
export function gravest(problems: Problem[]): Problem['severity'] | undefined {
  if (problems.some((p) => p.severity === 'error')) return 'error'
  return problems.length > 0 ? 'warning' : undefined
}
