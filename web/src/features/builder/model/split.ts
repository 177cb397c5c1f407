import type { Automation } from '@/features/flow/document'
import { setAction, swept } from './edit'

// The ways of a split: 2 to 10, each with a name.

export const minPaths = 2
export const maxPaths = 10

/** Adds a way to a split, called by the next letter. */
export function addPath(a: Automation, id: string, pathId: string): Automation {
  const action = a.configuration.actions[id]
  const paths = action?.splitInfo?.paths ?? []
  if (action?.type !== 'SPLIT' || paths.length >= maxPaths) return a
  const path = { id: pathId, name: String.fromCharCode(65 + paths.length) }
  return setAction(a, id, { ...action, splitInfo: { ...action.splitInfo, paths: [...paths, path] } })
}

/** Takes a way off a split, with what only it leads to. */
export function removePath(a: Automation, id: string, pathId: string): Automation {
  const action = a.configuration.actions[id]
  const paths = action?.splitInfo?.paths ?? []
  if (!action || paths.length <= minPaths || !paths.some((p) => p.id === pathId)) return a
  const rest = paths.filter((p) => p.id !== pathId)
  return swept(setAction(a, id, { ...action, splitInfo: { ...action.splitInfo, paths: rest } }))
}

/** Puts a way of a split at another place among its ways. */
export function movePath(a: Automation, id: string, pathId: string, to: number): Automation {
  const action = a.configuration.actions[id]
  const paths = action?.splitInfo?.paths ?? []
  const from = paths.findIndex((p) => p.id === pathId)
  const path = paths[from]
  if (!action || !path || to < 0 || to >= paths.length || to === from) return a
  return setAction(a, id, {
    ...action,
    splitInfo: { ...action.splitInfo, paths: paths.toSpliced(from, 1).toSpliced(to, 0, path) },
  })
}
