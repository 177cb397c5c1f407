/** A piece of a text, and whether the other text has it too. */
export type Piece = { text: string; own: boolean }

/** Texts longer than this, in words, are told apart as wholes. */
const most = 400

/** What each of two texts has that the other has not, by words. */
export function wordChanges(from: string, to: string): { from: Piece[]; to: Piece[] } {
  const a = from.match(/\s+|[^\s]+/g) ?? []
  const b = to.match(/\s+|[^\s]+/g) ?? []
  if (a.length > most || b.length > most)
    return { from: [{ text: from, own: true }], to: [{ text: to, own: true }] }
  // length[i][j] is that of the longest run of words that a from i and b from j share.
  const length = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  const at = (i: number, j: number) => length[i]?.[j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    const row = length[i] as number[]
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const left: Piece[] = []
  const right: Piece[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && a[i] === b[j]) {
      add(left, a[i++] as string, false)
      add(right, b[j++] as string, false)
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      add(left, a[i++] as string, true)
    } else add(right, b[j++] as string, true)
  }
  return { from: left, to: right }
}

function add(pieces: Piece[], text: string, own: boolean): void {
  const last = pieces.at(-1)
  if (last?.own === own) last.text += text
  else pieces.push({ text, own })
}
