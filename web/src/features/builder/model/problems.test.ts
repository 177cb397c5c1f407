import { expect, test } from 'vitest'
import { gravest, problemsAt, problemsOf } from './problems'

const found = problemsOf({
  triggerValidationErrors: [
    { severity: 'WARNING', configurationError: { reason: 'DEPRECATED', message: 'is hidden' } },
    {
      severity: 'ERROR',
      configurationError: {
        reason: 'SYNTAX',
        field: 'automation.configuration.trigger.filters[0].filterExpression',
        filterFieldKey: 'service',
        character: 4,
        message: 'no',
      },
    },
  ],
  actionValidationErrors: [
    {
      actionId: 'a',
      severity: 'ERROR',
      configurationError: {
        reason: 'REQUIRED',
        field: 'automation.configuration.actions.a.appDefinedInfo.inputMapping.to',
        fieldKey: 'to',
        message: 'is missing',
      },
    },
    {
      actionId: 'b',
      severity: 'ERROR',
      providerConfigurationError: { fieldKey: 'list', title: 'No list', message: 'Choose one' },
    },
  ],
  automationValidationErrors: [
    {
      severity: 'ERROR',
      configurationError: {
        reason: 'MIN_ITEMS',
        field: 'automation.configuration.rootActionIds',
        message: 'needs at least one action',
      },
    },
    {
      severity: 'ERROR',
      configurationError: {
        reason: 'ORPHAN',
        field: 'automation.configuration.actions.c',
        message: 'nothing leads to it',
      },
    },
  ],
})

test('what was found stands at its step, at its field', () => {
  expect(problemsAt(found, 'a')).toMatchObject([
    { field: 'appDefinedInfo.inputMapping.to', fieldKey: 'to', severity: 'error', part: 'step' },
  ])
  expect(problemsAt(found, 'b')).toMatchObject([{ fieldKey: 'list', message: 'No list: Choose one' }])
  expect(problemsAt(found, undefined)).toMatchObject([
    { severity: 'warning' },
    { field: 'filters[0].filterExpression', fieldKey: 'service', character: 4 },
  ])
})

test('what names a step stands against the step, also where the whole is at fault', () => {
  expect(problemsAt(found, 'c')).toMatchObject([{ part: 'step', reason: 'ORPHAN' }])
  expect(found.filter((p) => p.part === 'whole')).toHaveLength(1)
})

test('an error weighs more than a warning', () => {
  expect(gravest(problemsAt(found, undefined))).toBe('error')
  expect(gravest([])).toBeUndefined()
})
