// What undo and redo go through.

/** The present state, those before and those that were undone. */
export type History<T> = {
  past: T[]
  present: T
  future: T[]
  /** What the last change was about, and when it was made. */
  last?: { key: string; at: number }
}

const most = 200
/** Changes of one field are undone in one go where they follow each other within this time. */
export const typingPause = 1000

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [] }
}

/** The history with another present. Changes with one key in quick succession, such as typing, are one. */
export function change<T>(h: History<T>, next: T, at: number, key?: string): History<T> {
  if (next === h.present) return h
  const typing = key !== undefined && h.last?.key === key && at - h.last.at < typingPause && h.past.length > 0
  return {
    past: typing ? h.past : [...h.past, h.present].slice(-most),
    present: next,
    future: [],
    last: key === undefined ? undefined : { key, at },
  }
}

export function undo<T>(h: History<T>): History<T> {
  const previous = h.past.at(-1)
  if (previous === undefined) return h
  return { past: h.past.slice(0, -1), present: previous, future: [h.present, ...h.future] }
}

export function redo<T>(h: History<T>): History<T> {
  const [next, ...rest] = h.future
  if (next === undefined) return h
  return { past: [...h.past, h.present], present: next, future: rest }
}
