import type { components } from './schema.gen'

type ErrorBody = components['schemas']['Error']

/** One field that the server refuses, and the rule. */
export type Violation = components['schemas']['FieldViolation']

type Details = { violations?: Violation[]; requestId?: string }

/** A call that was refused, or that nobody answered. */
export class ApiError extends Error {
  /** Status of the answer; 0 where there was none. */
  readonly status: number
  /** The server's word for the reason, such as REVISION_CONFLICT; NO_ANSWER where there was none. */
  readonly code: string
  readonly violations: Violation[]
  /** Which request it was, for whoever runs the server. */
  readonly requestId: string

  constructor(status: number, code: string, message: string, details: Details = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.violations = details.violations ?? []
    this.requestId = details.requestId ?? ''
  }

  /** Whether the same call may succeed in a moment. */
  get temporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

/** The error that an answer stands for. An answer that is no error of ours comes from what stands between. */
export function errorOf(response: Response, body: unknown): ApiError {
  const requestId = response.headers.get('x-wix-request-id') ?? ''
  if (!isErrorBody(body)) return new ApiError(response.status, 'UNKNOWN', response.statusText, { requestId })
  const { applicationError, validationError } = body.details
  const violations = applicationError?.data?.fieldViolations ?? validationError?.fieldViolations ?? []
  const code = applicationError?.code ?? violations[0]?.violatedRule ?? 'UNKNOWN'
  return new ApiError(response.status, code, body.message, { violations, requestId })
}

function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'message' in body && 'details' in body
}

/** Any thrown thing as an ApiError: what fetch throws means that nobody answered. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown
  return new ApiError(0, 'NO_ANSWER', thrown instanceof Error ? thrown.message : String(thrown))
}
