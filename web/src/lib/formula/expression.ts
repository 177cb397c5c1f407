/** One part of an expression, as it stands between {{ and }}. */
export type Expression =
  | { kind: 'field'; path: string }
  | { kind: 'text'; value: string }
  | { kind: 'number'; value: number }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' }
  | { kind: 'item'; path: string }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'call'; name: string; args: Expression[] }

/** The expression that a text spells between {{ and }}; undefined for what is none. The server is the judge of meaning. */
export function readExpression(source: string): Expression | undefined {
  const reader = new Reader(source)
  const value = reader.value(0)
  return value && reader.atEnd() ? value : undefined
}

/** The expression that a whole text is, braces included: undefined for other text, and for mixed text. */
export function readFormula(text: string): Expression | undefined {
  const inner = /^\s*\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1]
  return inner === undefined ? undefined : readExpression(inner)
}

export function writeFormula(e: Expression): string {
  return `{{${writeExpression(e)}}}`
}

export function writeExpression(e: Expression): string {
  switch (e.kind) {
    case 'field':
      return `var("${e.path}")`
    case 'text':
      return `"${encode(e.value)}"`
    case 'number':
      return plainNumber(e.value)
    case 'boolean':
      return String(e.value)
    case 'null':
      return 'null'
    case 'item':
      return e.path === '' ? '$_' : `$_.${e.path}`
    case 'list':
      return `[${e.items.map(writeExpression).join(',')}]`
    case 'call':
      return `${e.name}(${e.args.map(writeExpression).join(';')})`
  }
}

/** A number without an exponent, which the language does not know in every place. */
function plainNumber(n: number): string {
  const written = String(n)
  return written.includes('e') ? n.toFixed(20).replace(/\.?0+$/, '') : written
}

/** Text as it stands between double quotes: what would end it, or be taken for an encoding, is encoded. */
function encode(text: string): string {
  return text
    .replaceAll('%', '%25')
    .replaceAll('"', '%22')
    .replaceAll('{{', '%7B%7B')
    .replaceAll('}}', '%7D%7D')
}

/** Text between quotes as it is meant: encoded characters stand for themselves, a stray % too. */
function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded)
    } catch {
      return encoded
    }
  })
}

const deepest = 64
const name = /[\p{L}_](?:[\p{L}\p{Nd}_.-]|\[0\])*/uy
const number = /-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y

class Reader {
  private at = 0
  constructor(private readonly source: string) {}

  atEnd(): boolean {
    this.space()
    return this.at === this.source.length
  }

  value(depth: number): Expression | undefined {
    if (depth > deepest) return undefined
    this.space()
    const c = this.source[this.at]
    if (c === '"' || c === "'") {
      const text = this.quoted(c)
      return text === undefined ? undefined : { kind: 'text', value: decode(text) }
    }
    if (c === '[') return this.list(depth)
    if (c === '$') return this.item()
    const digits = this.match(number)
    if (digits !== undefined) return { kind: 'number', value: Number(digits) }
    const word = this.match(name)
    if (word === undefined) return undefined
    const after = this.at
    this.space()
    if (this.source[this.at] === '(') return this.call(word, depth)
    this.at = after
    if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true' }
    if (word === 'null') return { kind: 'null' }
    return { kind: 'field', path: word }
  }

  private call(word: string, depth: number): Expression | undefined {
    this.at++
    if (word === 'var') return this.variable()
    const args = this.sequence(')', ';', depth)
    return args && { kind: 'call', name: word, args }
  }

  private variable(): Expression | undefined {
    this.space()
    const c = this.source[this.at]
    const path = c === '"' || c === "'" ? this.quoted(c)?.trim() : this.match(name)
    this.space()
    if (!path || this.source[this.at] !== ')') return undefined
    this.at++
    return { kind: 'field', path }
  }

  private list(depth: number): Expression | undefined {
    this.at++
    const items = this.sequence(']', ',;', depth)
    return items && { kind: 'list', items }
  }

  private sequence(end: string, separators: string, depth: number): Expression[] | undefined {
    const all: Expression[] = []
    this.space()
    if (this.source[this.at] === end) {
      this.at++
      return all
    }
    for (;;) {
      const value = this.value(depth + 1)
      if (!value) return undefined
      all.push(value)
      this.space()
      const c = this.source[this.at++]
      if (c === end) return all
      if (c === undefined || !separators.includes(c)) return undefined
    }
  }

  private item(): Expression | undefined {
    if (!this.source.startsWith('$_', this.at)) return undefined
    this.at += 2
    if (this.source[this.at] !== '.') return { kind: 'item', path: '' }
    this.at++
    const path = this.match(name)
    return path === undefined ? undefined : { kind: 'item', path }
  }

  private quoted(quote: string): string | undefined {
    const end = this.source.indexOf(quote, this.at + 1)
    if (end < 0) return undefined
    const text = this.source.slice(this.at + 1, end)
    this.at = end + 1
    return text
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.source)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }

  private space(): void {
    while (/\s/.test(this.source[this.at] ?? '')) this.at++
  }
}
