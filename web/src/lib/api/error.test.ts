import { describe, expect, test } from 'vitest'
import { errorOf, toApiError } from './error'

const answer = (status: number) =>
  new Response(null, { status, statusText: 'Bad Gateway', headers: { 'x-wix-request-id': 'r1' } })

describe('errorOf', () => {
  test('takes the word, the sentence and the fields of an application error', () => {
    const e = errorOf(answer(400), {
      message: 'payload.n must be a number',
      details: {
        applicationError: {
          code: 'SCHEMA_VALIDATION_FAILED',
          description: 'payload',
          data: {
            fieldViolations: [{ field: 'payload.n', description: 'must be a number', violatedRule: 'TYPE' }],
          },
        },
      },
    })
    expect(e).toMatchObject({
      status: 400,
      code: 'SCHEMA_VALIDATION_FAILED',
      message: 'payload.n must be a number',
      requestId: 'r1',
      temporary: false,
    })
    expect(e.violations.map((v) => v.field)).toEqual(['payload.n'])
  })

  test('takes the rule of a validation error as its word', () => {
    const e = errorOf(answer(400), {
      message: 'name is missing',
      details: {
        validationError: {
          fieldViolations: [{ field: 'name', description: 'is missing', violatedRule: 'REQUIRED' }],
        },
      },
    })
    expect(e.code).toBe('REQUIRED')
  })

  test('keeps an answer of something between as temporary', () => {
    expect(errorOf(answer(502), '<html>')).toMatchObject({
      status: 502,
      message: 'Bad Gateway',
      temporary: true,
    })
  })

  test('what fetch throws means that nobody answered', () => {
    expect(toApiError(new TypeError('Failed to fetch'))).toMatchObject({
      status: 0,
      code: 'NO_ANSWER',
      temporary: true,
    })
  })
})
