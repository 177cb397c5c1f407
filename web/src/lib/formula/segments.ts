import { readExpression } from './expression'

/** A piece of a text with expressions in it. Places are UTF-16 offsets. */
export type Segment = { from: number; to: number } & (
  | { kind: 'text' }
  /** {{var("path")}} and nothing else between the braces. */
  | { kind: 'variable'; path: string }
  | { kind: 'formula' }
)

/** The pieces of a text, in order and without gaps. What is never closed is text. */
export function segmentsOf(text: string): Segment[] {
  const all: Segment[] = []
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('{{', at)
    const close = open < 0 ? -1 : closing(text, open + 2)
    if (open < 0 || close < 0) {
      all.push({ kind: 'text', from: at, to: text.length })
      break
    }
    if (open > at) all.push({ kind: 'text', from: at, to: open })
    const e = readExpression(text.slice(open + 2, close))
    const place = { from: open, to: close + 2 }
    all.push(
      e?.kind === 'field' ? { kind: 'variable', path: e.path, ...place } : { kind: 'formula', ...place },
    )
    at = close + 2
  }
  return all
}

/** Where the }} stands that ends an expression; quotes may hold one that does not. -1 where none does. */
function closing(text: string, from: number): number {
  let quote = ''
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i)
    if (quote !== '') {
      if (c === quote) quote = ''
    } else if (c === '"' || c === "'") quote = c
    else if (c === '}' && text[i + 1] === '}') return i
  }
  return -1
}

/** Whether an expression is begun in a text, and not ended: somebody is typing it. */
export function isUnfinished(text: string): boolean {
  const last = segmentsOf(text).at(-1)
  return last?.kind === 'text' && text.slice(last.from, last.to).includes('{{')
}

/** Whether a text holds an expression, or begins one. */
export function hasFormula(text: string): boolean {
  return text.includes('{{')
}

/**
 * The UTF-16 range of what the server marks: it counts characters, from 1, and the
 * language's own texts count code units. Something missing is marked by the character before.
 */
export function rangeOf(text: string, character: number, length: number): { from: number; to: number } {
  let from = 0
  let n = 1
  while (n < character && from < text.length) {
    from += unitsAt(text, from)
    n++
  }
  let to = from
  for (let i = 0; i < length && to < text.length; i++) to += unitsAt(text, to)
  if (to === from && from > 0) from -= 1
  return { from, to: Math.max(to, Math.min(from + 1, text.length)) }
}

function unitsAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}
