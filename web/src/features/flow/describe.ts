import type { Action, ActionType } from './document'

/** How a step is shown: what it is called, one line about how it is set up, and its look. */
export type StepText = { title: string; summary?: string; look: Look }

/** Which picture and colour a step has. */
export type Look = 'trigger' | 'email' | 'notify' | 'request' | 'app' | ActionType

/** The look of a step. */
export function lookOf(action: Action): Look {
  if (action.type !== 'APP_DEFINED') return action.type
  switch (action.appDefinedInfo?.actionKey) {
    case 'send_email':
      return 'email'
    case 'notify':
      return 'notify'
    case 'send_http_request':
      return 'request'
    default:
      return 'app'
  }
}

/** What has become of a step in a run. */
export type StepState = 'done' | 'active' | 'waiting' | 'failed' | 'skipped' | 'canceled' | 'untouched'

/** A number that stands literally in a text or an expression, such as "2" or "{{2}}". */
export function literalNumber(text: string | undefined): number | undefined {
  const found = /^\s*(?:\{\{\s*)?(\d+(?:\.\d+)?)(?:\s*\}\})?\s*$/.exec(text ?? '')
  return found ? Number(found[1]) : undefined
}

/** A text with its fields by their titles: "Hello {{var("name")}}" becomes "Hello ‹Name›". */
export function readable(text: string, titleOf: (path: string) => string | undefined): string {
  return text
    .replace(
      /\{\{\s*var\(\s*(["'])([^"']*)\1\s*\)\s*\}\}/g,
      (_, __, path: string) => `‹${titleOf(path) ?? path}›`,
    )
    .replace(/\{\{[^}]*\}\}/g, '‹…›')
    .replace(/\s+/g, ' ')
    .trim()
}
