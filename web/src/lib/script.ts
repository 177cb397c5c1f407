/** What the function of a code condition calls what it is given; undefined where that has no single name. */
export function parameterOf(code: string): string | undefined {
  const found =
    /export\s+default\s+(?:function\s*[\w$]*\s*\(\s*([\w$]+)|\(\s*([\w$]+)\s*\)\s*=>|([\w$]+)\s*=>)/.exec(
      code,
    )
  return found?.[1] ?? found?.[2] ?? found?.[3]
}

/**
 * The paths that code reads of what it is given, each once: `payload.contact?.name` reads contact.name. What
 * it takes apart in other ways is not found.
 */
export function pathsRead(code: string): string[] {
  const parameter = parameterOf(code)
  if (!parameter) return []
  const source = withoutTexts(code)
  const reads = new RegExp(`(?<![\\w$.])${parameter.replaceAll('$', '\\$')}((?:\\??\\.[\\w$]+)+)`, 'g')
  return [
    ...new Set(
      [...source.matchAll(reads)].map((m) => (m[1] ?? '').replace(/^\??\./, '').replace(/\?\./g, '.')),
    ),
  ]
}

/**
 * Which of the known paths code reads without being given them: of `known` ['contact', 'contact.name', 'total'],
 * code that reads payload.contact.name.length and is given total lacks contact.name.
 */
export function notGiven(code: string, given: readonly string[], known: readonly string[]): string[] {
  const lies = (path: string, within: string) => path === within || path.startsWith(`${within}.`)
  const lacking = pathsRead(code).flatMap((read) => {
    if (given.some((path) => lies(read, path) || lies(path, read))) return []
    const nearest = known.filter((path) => lies(read, path)).sort((a, b) => b.length - a.length)
    return nearest.slice(0, 1)
  })
  return [...new Set(lacking)]
}

/** Where a message of the server says that code is wrong: "2:5: a generator cannot be used here". */
export function faultOf(message: string): { message: string; line?: number; column?: number } {
  const found = /^(\d+):(\d+):?\s+(.+)$/s.exec(message)
  if (!found) return { message }
  return { message: found[3] ?? '', line: Number(found[1]), column: Number(found[2]) }
}

/** Code with spaces in the place of its comments and texts; what a template puts in is kept. */
function withoutTexts(code: string): string {
  return code.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, (m) =>
    ' '.repeat(m.length),
  )
}
