import type { Field } from '../schema/fields'
import { type Expression, readFormula, writeFormula } from './expression'

/** What a comparison asks of a field. */
export type Operator =
  | 'is'
  | 'isNot'
  | 'contains'
  | 'containsNot'
  | 'startsWith'
  | 'endsWith'
  | 'isOneOf'
  | 'isNoneOf'
  | 'equals'
  | 'differs'
  | 'greater'
  | 'atLeast'
  | 'less'
  | 'atMost'
  | 'isTrue'
  | 'isFalse'
  | 'onDay'
  | 'beforeDay'
  | 'afterDay'
  | 'before'
  | 'after'
  | 'has'
  | 'hasNot'
  | 'hasAnyOf'
  | 'sizeEquals'
  | 'sizeGreater'
  | 'sizeLess'
  | 'isEmpty'
  | 'isNotEmpty'

/** What is filled in beside an operator. */
export type Takes = 'text' | 'number' | 'date' | 'dateTime' | 'texts' | 'nothing'

/** A field, an operator, and what the field is compared with: one value, several, or none. */
export type Comparison = { path: string; operator: Operator; values: Operand[] }

/** A value that is written out, or that is read from another field. */
export type Operand = string | number | boolean | { path: string }

type Rule = {
  fn: string
  not?: true
  /** Where the field stands, and what with. */
  form: 'field value' | 'list field' | 'field list' | 'field true' | 'field false' | 'size value' | 'field'
  takes: Takes
}

const rules: Record<Operator, Rule> = {
  is: { fn: 'stringEq', form: 'field value', takes: 'text' },
  isNot: { fn: 'stringEq', not: true, form: 'field value', takes: 'text' },
  contains: { fn: 'stringHasSubString', form: 'field value', takes: 'text' },
  containsNot: { fn: 'stringHasSubString', not: true, form: 'field value', takes: 'text' },
  startsWith: { fn: 'startsWith', form: 'field value', takes: 'text' },
  endsWith: { fn: 'endsWith', form: 'field value', takes: 'text' },
  isOneOf: { fn: 'contains', form: 'list field', takes: 'texts' },
  isNoneOf: { fn: 'contains', not: true, form: 'list field', takes: 'texts' },
  equals: { fn: 'numberEq', form: 'field value', takes: 'number' },
  differs: { fn: 'numberEq', not: true, form: 'field value', takes: 'number' },
  greater: { fn: 'numberGt', form: 'field value', takes: 'number' },
  atLeast: { fn: 'numberGte', form: 'field value', takes: 'number' },
  less: { fn: 'numberLt', form: 'field value', takes: 'number' },
  atMost: { fn: 'numberLte', form: 'field value', takes: 'number' },
  isTrue: { fn: 'boolEq', form: 'field true', takes: 'nothing' },
  isFalse: { fn: 'boolEq', form: 'field false', takes: 'nothing' },
  onDay: { fn: 'dateEq', form: 'field value', takes: 'date' },
  beforeDay: { fn: 'dateBefore', form: 'field value', takes: 'date' },
  afterDay: { fn: 'dateAfter', form: 'field value', takes: 'date' },
  before: { fn: 'dateTimeBefore', form: 'field value', takes: 'dateTime' },
  after: { fn: 'dateTimeAfter', form: 'field value', takes: 'dateTime' },
  has: { fn: 'contains', form: 'field value', takes: 'text' },
  hasNot: { fn: 'contains', not: true, form: 'field value', takes: 'text' },
  hasAnyOf: { fn: 'arrayIncludesAnyOf', form: 'field list', takes: 'texts' },
  sizeEquals: { fn: 'numberEq', form: 'size value', takes: 'number' },
  sizeGreater: { fn: 'numberGt', form: 'size value', takes: 'number' },
  sizeLess: { fn: 'numberLt', form: 'size value', takes: 'number' },
  isEmpty: { fn: 'isEmpty', form: 'field', takes: 'nothing' },
  isNotEmpty: { fn: 'isEmpty', not: true, form: 'field', takes: 'nothing' },
}

// The same functions by their other names.
const aliases: Record<string, string> = {
  eq: 'numberEq',
  gt: 'numberGt',
  gte: 'numberGte',
  lt: 'numberLt',
  lte: 'numberLte',
  hasSubstring: 'stringHasSubString',
  stringContains: 'contains',
  numberContains: 'contains',
  isEmptyString: 'isEmpty',
}

export const takes = (operator: Operator): Takes => rules[operator].takes

const emptiness: Operator[] = ['isEmpty', 'isNotEmpty']
const ofText: Operator[] = [
  'is',
  'isNot',
  'contains',
  'containsNot',
  'startsWith',
  'endsWith',
  'isOneOf',
  'isNoneOf',
  ...emptiness,
]
const ofNumber: Operator[] = ['equals', 'differs', 'greater', 'atLeast', 'less', 'atMost', ...emptiness]
const ofDay: Operator[] = ['onDay', 'beforeDay', 'afterDay']
const ofList: Operator[] = [
  'has',
  'hasNot',
  'hasAnyOf',
  'sizeEquals',
  'sizeGreater',
  'sizeLess',
  ...emptiness,
]

/** The operators that make sense of a field, the likeliest first. */
export function operatorsOf(field: Pick<Field, 'kind' | 'format' | 'many'> | undefined): Operator[] {
  if (!field) return ofText
  if (field.many || field.kind === 'array') return ofList
  switch (field.kind) {
    case 'number':
    case 'integer':
      return ofNumber
    case 'boolean':
      return ['isTrue', 'isFalse', ...emptiness]
    case 'object':
      return emptiness
    case 'string':
      if (field.format === 'date') return [...ofDay, ...emptiness]
      if (field.format === 'date-time') return ['before', 'after', ...ofDay, ...emptiness]
      return field.format === 'number' ? ofNumber : ofText
    default:
      return [...ofText, ...ofNumber.filter((o) => !emptiness.includes(o)), 'isTrue', 'isFalse']
  }
}

/** The comparison that a formula spells; undefined where it is another kind of formula. */
export function readComparison(formula: string): Comparison | undefined {
  let e = readFormula(formula)
  let not = false
  while (e?.kind === 'call' && e.name === 'not' && e.args.length === 1) {
    not = !not
    e = e.args[0]
  }
  if (e?.kind === 'field') return { path: e.path, operator: not ? 'isFalse' : 'isTrue', values: [] }
  if (e?.kind !== 'call') return undefined
  const fn = aliases[e.name] ?? e.name
  for (const [operator, rule] of Object.entries(rules) as [Operator, Rule][]) {
    if (rule.fn !== fn || Boolean(rule.not) !== not) continue
    const found = matched(e.args, rule)
    if (found) return { ...found, operator }
  }
  return undefined
}

function matched(args: Expression[], rule: Rule): Omit<Comparison, 'operator'> | undefined {
  const [a, b] = args
  switch (rule.form) {
    case 'field':
      return args.length === 1 && a?.kind === 'field' ? { path: a.path, values: [] } : undefined
    case 'field true':
    case 'field false': {
      const wanted = rule.form === 'field true'
      return a?.kind === 'field' && b?.kind === 'boolean' && b.value === wanted
        ? { path: a.path, values: [] }
        : undefined
    }
    case 'field value': {
      const value = b && operandOf(b)
      return args.length === 2 && a?.kind === 'field' && value !== undefined && fits(value, rule.takes)
        ? { path: a.path, values: [value] }
        : undefined
    }
    case 'size value': {
      const of = a?.kind === 'call' && a.name === 'arraySize' && a.args.length === 1 ? a.args[0] : undefined
      const value = b && operandOf(b)
      return of?.kind === 'field' && value !== undefined ? { path: of.path, values: [value] } : undefined
    }
    case 'list field':
      return b?.kind === 'field' ? listed(a, b.path) : undefined
    case 'field list':
      return a?.kind === 'field' ? listed(b, a.path) : undefined
  }
}

function fits(value: Operand, wanted: Takes): boolean {
  if (typeof value === 'object') return true
  return wanted === 'number' ? typeof value === 'number' : typeof value !== 'boolean'
}

function listed(list: Expression | undefined, path: string): Omit<Comparison, 'operator'> | undefined {
  if (list?.kind !== 'list') return undefined
  const values = list.items.map(operandOf)
  return values.every((v) => v !== undefined) ? { path, values: values as Operand[] } : undefined
}

function operandOf(e: Expression): Operand | undefined {
  if (e.kind === 'field') return { path: e.path }
  return e.kind === 'text' || e.kind === 'number' || e.kind === 'boolean' ? e.value : undefined
}

/** The formula of a comparison. A value that was not filled in yet is written as empty text, or 0. */
export function writeComparison(c: Comparison): string {
  const rule = rules[c.operator]
  const field: Expression = { kind: 'field', path: c.path }
  const value = () => expressionOf(c.values[0] ?? (rule.takes === 'number' ? 0 : ''))
  const list = (): Expression => ({ kind: 'list', items: c.values.map(expressionOf) })
  const args: Record<Rule['form'], () => Expression[]> = {
    field: () => [field],
    'field true': () => [field, { kind: 'boolean', value: true }],
    'field false': () => [field, { kind: 'boolean', value: false }],
    'field value': () => [field, value()],
    'size value': () => [{ kind: 'call', name: 'arraySize', args: [field] }, value()],
    'list field': () => [list(), field],
    'field list': () => [field, list()],
  }
  const call: Expression = { kind: 'call', name: rule.fn, args: args[rule.form]() }
  return writeFormula(rule.not ? { kind: 'call', name: 'not', args: [call] } : call)
}

function expressionOf(v: Operand): Expression {
  if (typeof v === 'object') return { kind: 'field', path: v.path }
  if (typeof v === 'number') return { kind: 'number', value: v }
  return typeof v === 'boolean' ? { kind: 'boolean', value: v } : { kind: 'text', value: v }
}

/** The comparison with another operator, its values kept where they fit. */
export function withOperator(c: Comparison, operator: Operator): Comparison {
  const wanted = takes(operator)
  const one = (list: Operand[]) => list.slice(0, 1)
  switch (wanted) {
    case 'nothing':
      return { path: c.path, operator, values: [] }
    case 'texts':
      return { path: c.path, operator, values: c.values.filter((v) => v !== '') }
    case 'number':
      return {
        path: c.path,
        operator,
        values: one(c.values.map((v) => (typeof v === 'object' ? v : Number(v) || 0))),
      }
    default:
      return wanted === takes(c.operator) || takes(c.operator) === 'texts'
        ? { path: c.path, operator, values: one(c.values) }
        : { path: c.path, operator, values: one(c.values.filter((v) => typeof v === 'object')) }
  }
}
