import { literalNumber } from '@/features/flow/describe'
import type { ExpressionGroup, TimeUnit } from '@/features/flow/document'
import { type Operator, readComparison } from '@/lib/formula/condition'
import { segmentsOf } from '@/lib/formula/segments'
import { titleOf } from '@/lib/schema/title'

/** By what names the parts of a step lead to others. */
export const linkNames = ['postActionIds', 'postActionId', 'truePostActionIds', 'falsePostActionIds']

type Titles = (path: string) => string | undefined

/** How a language says what an automation compares, waits for and allows. */
export type Words = {
  operator: (operator: Operator) => string
  span: (count: number, unit: TimeUnit) => string
  times: (count: number) => string
  or: string
}

/**
 * A value of a document for people: fields by their titles, comparisons, waits and limits
 * in words, other formulas without their braces, lists and objects line by line.
 */
export function legible(value: unknown, titles: Titles, words: Words): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return compared(value, titles, words) ?? text(value, titles)
  if (Array.isArray(value)) return lines(value.map((one) => legible(one, titles, words)))
  if (typeof value !== 'object') return String(value)
  return (
    told(value as Told, titles, words) ??
    lines(
      Object.entries(value).map(([key, one]) => {
        if (key === 'id' || linkNames.includes(key)) return ''
        const said = legible(one, titles, words)
        return typeof one === 'object' || said === '' ? said : `${titleOf(key)}: ${said}`
      }),
    )
  )
}

const lines = (list: string[]) => list.filter((line) => line !== '').join('\n')

/** "Customer's name is one of “Ada”, “Ines”"; undefined for what is no comparison. */
function compared(formula: string, titles: Titles, words: Words): string | undefined {
  const c = readComparison(formula)
  if (!c) return undefined
  const said = (path: string) => `‹${titles(path) ?? path}›`
  const values = c.values.map((v) =>
    typeof v === 'object' ? said(v.path) : typeof v === 'string' ? `“${v}”` : String(v),
  )
  return [said(c.path), words.operator(c.operator), values.join(', ')].filter(Boolean).join(' ')
}

/** What a step of the machine's own is set up by. */
type Told = {
  orExpressionGroups?: ExpressionGroup[]
  offsetExpression?: string
  offsetTimeUnit?: TimeUnit
  dueDateExpression?: string
  maxActivationsExpression?: string
  rateLimitDurationExpression?: string
  rateLimitDurationTimeUnit?: TimeUnit
  uniqueIdentifierExpression?: string
}

function told(info: Told, titles: Titles, words: Words): string | undefined {
  const say = (one: unknown) => legible(one, titles, words)
  if (info.orExpressionGroups) return groups(info.orExpressionGroups, say, words)
  if (info.offsetExpression) return span(info.offsetExpression, info.offsetTimeUnit, say, words)
  if (info.dueDateExpression) return say(info.dueDateExpression)
  if (info.maxActivationsExpression) {
    const most = literalNumber(info.maxActivationsExpression)
    return lines([
      most === undefined ? say(info.maxActivationsExpression) : words.times(most),
      span(info.rateLimitDurationExpression, info.rateLimitDurationTimeUnit, say, words),
      say(info.uniqueIdentifierExpression),
    ])
  }
  return undefined
}

function groups(list: ExpressionGroup[], say: (one: unknown) => string, words: Words): string {
  return list
    .map((g) =>
      g.booleanExpressions
        .map(say)
        .filter(Boolean)
        .join(g.operator === 'OR' ? `\n${words.or}\n` : '\n'),
    )
    .filter(Boolean)
    .join(`\n${words.or}\n`)
}

function span(
  expression: string | undefined,
  unit: TimeUnit | undefined,
  say: (one: unknown) => string,
  words: Words,
): string {
  const n = literalNumber(expression)
  if (n !== undefined) return words.span(n, unit ?? 'DAYS')
  return expression ? [say(expression), unit?.toLowerCase()].filter(Boolean).join(' ') : ''
}

function text(value: string, titles: Titles): string {
  return segmentsOf(value)
    .map((s) => {
      const piece = value.slice(s.from, s.to)
      if (s.kind === 'text') return piece
      if (s.kind === 'variable') return `‹${titles(s.path) ?? s.path}›`
      return piece
        .slice(2, -2)
        .trim()
        .replace(/var\(\s*(["'])([^"']*)\1\s*\)/g, (_, __, path: string) => `‹${titles(path) ?? path}›`)
    })
    .join('')
}
