import type { Action, ActionType, Automation, JsonSchema } from '@/features/flow/document'
import type { CatalogAction } from './catalog'
import { freeNamespace } from './namespace'

/** What can be chosen as a new step. */
export type Choice = { kind: 'action'; action: CatalogAction } | { kind: 'type'; type: StepType }

/** The kinds of steps that belong to no app and can be added. */
export type StepType = Extract<
  ActionType,
  'DELAY' | 'CONDITION' | 'SPLIT' | 'RATE_LIMIT' | 'SET_VARIABLES' | 'CODE_CONDITION'
>
export const stepTypes: StepType[] = [
  'DELAY',
  'CONDITION',
  'SPLIT',
  'RATE_LIMIT',
  'SET_VARIABLES',
  'CODE_CONDITION',
]

/**
 * A new step that does something sensible where it can: it waits an hour, or mails the
 * first address that it sees.
 */
export function newStep(
  choice: Choice,
  automation: Automation,
  seen: JsonSchema,
  newId: () => string,
): Action {
  const id = newId()
  if (choice.kind === 'action') {
    const { appId, actionKey } = choice.action
    const taken = new Set(Object.values(automation.configuration.actions).flatMap((a) => a.namespace ?? []))
    return {
      id,
      type: 'APP_DEFINED',
      namespace: freeNamespace(actionKey, taken),
      appDefinedInfo: { appId, actionKey, inputMapping: beginning(actionKey, seen) },
    }
  }
  const type = choice.type
  switch (type) {
    case 'DELAY':
      return { id, type, delayInfo: { offsetExpression: '{{1}}', offsetTimeUnit: 'HOURS' } }
    case 'CONDITION':
      return {
        id,
        type,
        conditionInfo: { orExpressionGroups: [{ operator: 'AND', booleanExpressions: [] }] },
      }
    case 'SPLIT':
      return { id, type, splitInfo: { paths: ['A', 'B'].map((name) => ({ id: newId(), name })) } }
    case 'RATE_LIMIT':
      return {
        id,
        type,
        rateLimitInfo: {
          maxActivationsExpression: '{{1}}',
          rateLimitDurationExpression: '{{1}}',
          rateLimitDurationTimeUnit: 'DAYS',
        },
      }
    case 'SET_VARIABLES':
      return {
        id,
        type,
        setVariablesInfo: { outputMapping: {}, outputSchema: { type: 'object', properties: {} } },
      }
    case 'CODE_CONDITION':
      return {
        id,
        type,
        codeConditionInfo: {
          snippet: {
            language: 'JAVASCRIPT',
            code: 'export default function (payload) {\n  return true\n}\n',
          },
          dynamicVariableExpressions: [],
        },
      }
  }
}

function beginning(actionKey: string, seen: JsonSchema): Record<string, unknown> {
  if (actionKey !== 'send_email') return {}
  const address = Object.entries(seen.properties ?? {}).find(([, s]) => s.format === 'email')
  return address ? { to: `{{var("${address[0]}")}}` } : {}
}
