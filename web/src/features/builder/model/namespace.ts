/** A namespace that no step has: the name itself, or with the next free number. */
export function freeNamespace(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  const stem = name.replace(/_\d+$/, '')
  for (let n = 2; ; n++) {
    const tried = `${stem}_${n}`
    if (!taken.has(tried)) return tried
  }
}
