import { readFormula } from './expression'

/** The number that an expression such as {{5}} or 5 is; undefined where it depends on the data. */
export function amountOf(expression: string | undefined): number | undefined {
  if (expression === undefined || expression.trim() === '') return undefined
  const plain = Number(expression)
  if (Number.isFinite(plain)) return plain
  const e = readFormula(expression)
  return e?.kind === 'number' ? e.value : undefined
}

/** The expression of a number. */
export function amountExpression(n: number): string {
  return `{{${n}}}`
}
