import { type JsonSchema, kindOf, resolved } from '@/lib/schema/schema'

/** The order in which the fields of an action's input are asked for: as built-in actions are best read, then as declared, those that must be filled in first. */
export function ordered(schema: JsonSchema, builtIn: boolean, actionKey: string): string[] {
  const names = Object.keys(schema.properties ?? {})
  const known = builtIn ? (orders[actionKey] ?? []) : []
  const required = new Set(schema.required ?? [])
  const rank = (name: string) => {
    const at = known.indexOf(name)
    return at >= 0 ? at : known.length + (required.has(name) ? 0 : 1)
  }
  return names.sort((a, b) => rank(a) - rank(b))
}

const orders: Record<string, string[]> = {
  send_email: ['to', 'subject', 'text', 'html', 'cc', 'replyTo'],
  notify: ['title', 'message', 'chatUrl'],
  send_http_request: ['method', 'url', 'headers', 'body'],
}

/** Fields of built-in actions that most people leave empty; they are shown on demand. */
const seldom: Record<string, string[]> = {
  send_email: ['html', 'cc', 'replyTo'],
  notify: ['chatUrl'],
}

export function isSeldom(builtIn: boolean, actionKey: string, name: string): boolean {
  return builtIn && (seldom[actionKey] ?? []).includes(name)
}

/** How a value of a schema is filled in. */
export type Way = 'object' | 'list' | 'pairs' | 'choice' | 'boolean' | 'formula' | 'json'

/** The way for a value. Alternatives come down to the first that is plain text. */
export function wayOf(schema: JsonSchema, root: JsonSchema): { way: Way; schema: JsonSchema } {
  const s = resolved(schema, root)
  const ways = (s.anyOf ?? s.oneOf) as JsonSchema[] | undefined
  if (Array.isArray(ways) && kindOf(s) === 'unknown') {
    const plain = ways.map((w) => resolved(w, root)).find((w) => kindOf(w) === 'string') ?? ways[0]
    if (plain)
      return wayOf(
        { ...plain, title: s.title ?? plain.title, description: s.description ?? plain.description },
        root,
      )
  }
  if (Array.isArray(s.enum) && s.enum.every((v) => typeof v === 'string')) return { way: 'choice', schema: s }
  switch (kindOf(s)) {
    case 'boolean':
      return { way: 'boolean', schema: s }
    case 'array':
      return { way: 'list', schema: s }
    case 'object':
      if (Object.keys(s.properties ?? {}).length > 0) return { way: 'object', schema: s }
      return { way: typeof s.additionalProperties === 'object' ? 'pairs' : 'json', schema: s }
    default:
      return { way: 'formula', schema: s }
  }
}

/** Whether a text is likely to run over several lines. */
export function isLong(name: string, schema: JsonSchema): boolean {
  const most = schema.maxLength
  if (['text', 'html', 'body', 'message', 'content', 'description', 'note'].includes(name)) return true
  return typeof most === 'number' && most >= 2000 && schema.format === undefined && !/url|uri/i.test(name)
}

/** The text of a value in a field: texts as they are, other values as a formula or JSON would be written. */
export function toText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The value of a text in a field for a number, a boolean or anything: one that is spelled out is taken for what it is. */
export function fromText(text: string, schema: JsonSchema): unknown {
  if (text === '') return undefined
  const kind = kindOf(schema)
  const plain = text.trim()
  if ((kind === 'number' || kind === 'integer') && /^-?(\d+\.?\d*|\.\d+)$/.test(plain)) return Number(plain)
  if (kind === 'boolean' && (plain === 'true' || plain === 'false')) return plain === 'true'
  return text
}

/** An object with a field set, or taken out where the value is undefined. */
export function withField(
  object: Record<string, unknown>,
  name: string,
  value: unknown,
): Record<string, unknown> {
  const { [name]: _, ...rest } = object
  if (value === undefined) return rest
  return { ...object, [name]: value }
}
