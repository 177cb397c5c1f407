import type { Schema } from '@/lib/api/client'
import { rangeOf } from '@/lib/formula/segments'
import type { Problem } from '../../model/problems'

/** One thing wrong with the text of a field, as the field shows it. */
export type Fault = {
  key: string
  severity: 'error' | 'warning'
  /** The server's sentence, for which `word` names a plainer one. */
  message: string
  word?: 'required' | 'noValue' | 'noFunction'
  /** What the plainer one is about. */
  name?: string
  mark?: { from: number; to: number; severity: 'error' | 'warning' }
  suggestion?: string
  /** The text with the suggestion taken. */
  mend?: string
}

/**
 * What is wrong with a text: what the check of the text itself found, or, before there is
 * one, what the last validation of the automation said of the field.
 */
export function faultsOf(
  text: string,
  checked: Pick<Schema<'FormulaResult'>, 'problems'> | undefined,
  problems: Problem[],
): Fault[] {
  const standing = problems.filter((p) => p.reason !== 'REQUIRED' || text === '')
  if (!checked) return unique(standing.map(fromValidation))
  const own = checked.problems.map((p, i) => fromCheck(text, p, i))
  // Rules that are no matter of the expression itself.
  const rest = standing.filter((p) => p.character === undefined && p.reason !== 'TYPE')
  return unique([...own, ...rest.map(fromValidation)])
}

function fromValidation(p: Problem): Fault {
  const fault: Fault = { key: p.id, severity: p.severity, message: p.message }
  return p.reason === 'REQUIRED' ? { ...fault, word: 'required' } : fault
}

function fromCheck(text: string, p: Schema<'FormulaProblem'>, i: number): Fault {
  const severity = p.severity === 'ERROR' ? 'error' : 'warning'
  const range = rangeOf(text, p.character, p.length)
  const fault: Fault = { key: `check ${i}`, severity, message: p.message, mark: { ...range, severity } }
  if (p.kind === 'UNKNOWN_VARIABLE') Object.assign(fault, { word: 'noValue', name: p.variable })
  if (p.kind === 'UNKNOWN_FUNCTION')
    Object.assign(fault, { word: 'noFunction', name: text.slice(range.from, range.to) })
  if (!p.suggestion) return fault
  return {
    ...fault,
    suggestion: p.suggestion,
    mend: text.slice(0, range.from) + p.suggestion + text.slice(range.to),
  }
}

function unique(faults: Fault[]): Fault[] {
  const seen = new Set<string>()
  return faults.filter((f) => {
    const key = `${f.message}|${f.mark?.from}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}
