/**
 * How many rows at the top of a list were not shown before: `newcomers(['c', 'b', 'a'], new Set(['b', 'a']))`
 * is 1. A list of which no row was shown is another list, and has none.
 */
export function newcomers(ids: readonly string[], shown: ReadonlySet<string>): number {
  return Math.max(
    0,
    ids.findIndex((id) => shown.has(id)),
  )
}
