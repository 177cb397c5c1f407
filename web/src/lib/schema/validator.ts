import { Validator } from '@cfworker/json-schema'
import {
  type CustomValidator,
  createErrorHandler,
  type ErrorTransformer,
  type FormContextType,
  type RJSFSchema,
  type RJSFValidationError,
  type StrictRJSFSchema,
  toErrorSchema,
  type UiSchema,
  unwrapErrorHandler,
  type ValidationData,
  type ValidatorType,
  validationDataMerge,
} from '@rjsf/utils'

/** A rule of a schema that a value breaks. */
export type Breach = {
  /** Where the value stands, from the root: names of fields, and places in lists. */
  path: (string | number)[]
  /** The word of the schema: required, minLength … */
  rule: string
  /** What the schema says there, such as the least length; undefined where that is not known. */
  limit: unknown
}

/** Words about a breach, for whoever fills in the form. */
export type Say = (breach: Breach) => string

// What these words report is told better by what is found below them.
const wrappers = new Set([
  'properties',
  'items',
  'additionalProperties',
  'patternProperties',
  'allOf',
  '$ref',
  'then',
  'else',
  'if',
])

/**
 * What a value breaks of a schema, each where it is at fault. It compiles no code, which
 * the page's security policy forbids. A schema that cannot be read is broken by nothing.
 */
export function breaches(schema: object | boolean, value: unknown): Breach[] {
  let units: { keyword: string; keywordLocation: string; instanceLocation: string; error: string }[]
  try {
    units = new Validator(schema, '2020-12', false).validate(value).errors
  } catch {
    return []
  }
  const told = units.filter(
    (u) =>
      !wrappers.has(u.keyword) ||
      (u.keyword === 'additionalProperties' && limitAt(schema, u.keywordLocation) === false),
  )
  const all = told
    .filter(
      (u) => !(u.keyword === 'false') || !told.some((o) => o !== u && o.keyword === 'additionalProperties'),
    )
    .map((u): Breach => {
      const path = pathOf(u.instanceLocation)
      const limit = limitAt(schema, u.keywordLocation)
      if (u.keyword !== 'required') return { path, rule: u.keyword, limit }
      const missing = /"([^"]*)"\.?$/.exec(u.error)?.[1]
      return { path: missing === undefined ? path : [...path, missing], rule: 'required', limit: undefined }
    })
  const seen = new Set<string>()
  return all.filter((b) => {
    const key = JSON.stringify([b.path, b.rule])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function pathOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => decodeURI(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

function limitAt(schema: unknown, location: string): unknown {
  let at = schema
  for (const part of pathOf(location)) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Record<string | number, unknown>)[part]
  }
  return at
}

/** What forms of @rjsf validate by, in the words of `say`. */
export function validatorOf<
  T = unknown,
  S extends StrictRJSFSchema = RJSFSchema,
  F extends FormContextType = Record<string, unknown>,
>(say: Say): ValidatorType<T, S, F> {
  const errorsOf = (schema: S, data: T | undefined): RJSFValidationError[] =>
    breaches(schema as object, data ?? {}).map((b) => {
      const property = b.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
      const message = say(b)
      return { name: b.rule, property, message, stack: message, params: { limit: b.limit } }
    })
  return {
    validateFormData(
      data: T | undefined,
      schema: S,
      customValidate?: CustomValidator<T, S, F>,
      transformErrors?: ErrorTransformer<T, S, F>,
      uiSchema?: UiSchema<T, S, F>,
    ): ValidationData<T> {
      const found = errorsOf(schema, data)
      const errors = transformErrors ? transformErrors(found, uiSchema) : found
      const result: ValidationData<T> = { errors, errorSchema: toErrorSchema<T>(errors) }
      if (!customValidate) return result
      const handler = customValidate(data, createErrorHandler<T>(data as T), uiSchema)
      return validationDataMerge<T>(result, unwrapErrorHandler<T>(handler))
    },
    isValid(schema: S, data: T | undefined, root: S): boolean {
      // References lead into the root's definitions.
      const whole = { ...(root as object), ...(schema as object) }
      try {
        return new Validator(schema === root ? (schema as object) : whole, '2020-12').validate(data).valid
      } catch {
        return false
      }
    },
    rawValidation<Result>(schema: S, data?: T): { errors?: Result[]; validationError?: Error } {
      return { errors: errorsOf(schema, data) as Result[] }
    },
  }
}
