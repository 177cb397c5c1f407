import { expect, test } from 'vitest'
import type { Problem } from '../../model/problems'
import { faultsOf } from './faults'

const problem = (more: Partial<Problem>): Problem => ({
  id: 'p',
  part: 'step',
  severity: 'error',
  message: 'is required',
  reason: 'REQUIRED',
  ...more,
})

const unknown = {
  kind: 'UNKNOWN_VARIABLE' as const,
  severity: 'WARNING' as const,
  message: 'there is no field nmae in the schema',
  character: 8,
  length: 4,
  variable: 'nmae',
  suggestion: 'name',
}

test('a fault marks its place, and taking the suggestion puts it right', () => {
  expect(faultsOf('😀 Dr {{nmae}}', { problems: [unknown] }, [])).toEqual([
    {
      key: 'check 0',
      severity: 'warning',
      message: unknown.message,
      word: 'noValue',
      name: 'nmae',
      mark: { from: 8, to: 12, severity: 'warning' },
      suggestion: 'name',
      mend: '😀 Dr {{name}}',
    },
  ])
})

test('what validation says counts until the text itself is checked', () => {
  const said = [
    problem({ reason: 'SYNTAX', message: 'is never closed', character: 3 }),
    problem({ id: 'q', reason: 'MAX_LENGTH', message: 'is too long' }),
  ]
  expect(faultsOf('{{a', undefined, said).map((f) => f.message)).toEqual(['is never closed', 'is too long'])
  expect(faultsOf('{{a}}', { problems: [] }, said).map((f) => f.message)).toEqual(['is too long'])
})

test('what was filled in is missing no longer, and nothing is said twice', () => {
  expect(faultsOf('', undefined, [problem({}), problem({ id: 'q' })])).toEqual([
    { key: 'p', severity: 'error', message: 'is required', word: 'required' },
  ])
  expect(faultsOf('x', undefined, [problem({})])).toEqual([])
})
