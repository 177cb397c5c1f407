import { useCallback, useState } from 'react'
import type { Automation } from '@/features/flow/document'
import { begin, change, type History, redo, undo } from './model/history'

export type Workspace = {
  automation: Automation
  canUndo: boolean
  canRedo: boolean
  /**
   * Changes the automation as it is when the change is made, which may be another one
   * than was last shown. Changes of one key in quick succession are undone in one go.
   */
  apply: (edit: (now: Automation) => Automation, key?: string) => void
  undo: () => void
  redo: () => void
  /** Begins anew with another automation: nothing before it can be undone. */
  reset: (next: Automation) => void
}

/** An automation that is edited, with all that was undone. */
export function useWorkspace(first: Automation): Workspace {
  const [history, setHistory] = useState<History<Automation>>(() => begin(first))
  return {
    automation: history.present,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    apply: useCallback((edit, key) => {
      const at = Date.now()
      setHistory((h) => change(h, edit(h.present), at, key))
    }, []),
    undo: useCallback(() => setHistory(undo), []),
    redo: useCallback(() => setHistory(redo), []),
    reset: useCallback((next) => setHistory(begin(next)), []),
  }
}
