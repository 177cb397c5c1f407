import type { ClipboardEvent, KeyboardEvent, RefObject } from 'react'
import { layoutFlow } from '@/features/flow/layout'
import { exitsFrom, outline, triggerId } from '@/features/flow/links'
import { type Direction, walk } from '@/features/flow/walk'
import type { View } from './Editor'
import { fromText, toText } from './model/clipboard'
import type { Rights } from './model/locks'
import type { Edits } from './useEdits'
import type { Workspace } from './useWorkspace'

type Options = {
  workspace: Workspace
  edits: Edits
  rights: Rights
  view: View
  panel: RefObject<HTMLDivElement | null>
}

const directions: Record<string, Direction> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
}

/** What keys do in the builder; the same in the graph and in the list. */
export function useKeys({ workspace, edits, rights, view, panel }: Options) {
  const { automation } = workspace

  function focus(id: string) {
    edits.select(id)
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-step="${id}"]`)?.focus({ preventScroll: view === 'canvas' }),
    )
  }

  function neighbour(id: string, direction: Direction): string | undefined {
    if (view === 'canvas') {
      return walk(layoutFlow(automation), id, direction)
    }
    const ids = [triggerId, ...outline(automation).flatMap((o) => (o.again ? [] : [o.id]))]
    return ids[ids.indexOf(id) + (direction === 'up' || direction === 'left' ? -1 : 1)]
  }

  function onStep(e: KeyboardEvent, id: string): boolean {
    const direction = directions[e.key]
    if (direction) {
      const next = neighbour(id, direction)
      if (next) focus(next)
      return true
    }
    switch (e.key) {
      case 'Enter':
        edits.select(id)
        edits.edit()
        return true
      case '+':
      case 'Insert': {
        const port = exitsFrom(automation, id)[0]?.port
        if (port) edits.ask({ after: id, port })
        return true
      }
      case 'Delete':
      case 'Backspace':
        edits.remove(id)
        return true
      case '0':
        document.querySelector<HTMLElement>('[data-fit]')?.click()
        return true
    }
    return false
  }

  function onKeyDown(e: KeyboardEvent) {
    const target = e.target as HTMLElement
    if (target.closest('[role="dialog"]') && !panel.current?.contains(target)) return
    if (e.key === 'Escape' && panel.current?.contains(target) && edits.selected && !e.defaultPrevented) {
      focus(edits.selected)
      return
    }
    if (writes(target)) return
    if ((e.ctrlKey || e.metaKey) && !e.altKey) {
      const key = e.key.toLowerCase()
      if (key === 'z' && !e.shiftKey) workspace.undo()
      else if (key === 'y' || (key === 'z' && e.shiftKey)) workspace.redo()
      else return
      e.preventDefault()
      return
    }
    const id = target.closest<HTMLElement>('[data-step]')?.dataset.step
    if (id !== undefined && !e.altKey && onStep(e, id)) e.preventDefault()
  }

  function onCopy(e: ClipboardEvent, cut = false) {
    const target = e.target as HTMLElement
    if (writes(target) || panel.current?.contains(target) || !edits.selected || edits.selected === triggerId)
      return
    if (String(getSelection()) !== '') return
    const copied = edits.copied(edits.selected)
    if (!copied) return
    e.clipboardData.setData('text/plain', toText(copied))
    e.preventDefault()
    if (cut) edits.remove(edits.selected)
  }

  function onPaste(e: ClipboardEvent) {
    if (writes(e.target as HTMLElement) || !rights.edit) return
    const copied = fromText(e.clipboardData.getData('text/plain'))
    if (!copied) return
    e.preventDefault()
    const after = edits.selected ?? outline(automation).at(-1)?.id ?? triggerId
    const port = exitsFrom(automation, after)[0]?.port
    if (port) edits.paste(copied, { after, port })
  }

  return {
    onKeyDown,
    onCopy: (e: ClipboardEvent) => onCopy(e),
    onCut: (e: ClipboardEvent) => onCopy(e, true),
    onPaste,
  }
}

/** Whether keys are written into an element. */
function writes(e: HTMLElement): boolean {
  return e.closest('input, textarea, select, [contenteditable="true"], .cm-editor') !== null
}
