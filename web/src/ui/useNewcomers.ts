import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { newcomers } from '@/lib/newcomers'

type Held = {
  /** How many rows at the top wait until they are let in. */
  waiting: number
  /** Shows them, at the top of the list. */
  letIn: () => void
}

/**
 * Keeps the rows of a live list, newest first, from moving away below who reads it. What is new comes in by
 * itself as long as nobody is at the list: it stands at its top, and neither the pointer nor the focus is in
 * it. Otherwise it waits, until it is let in. `of` names the list: another one begins anew.
 */
export function useNewcomers(ids: readonly string[], of: string, list: RefObject<HTMLElement | null>): Held {
  const [waiting, setWaiting] = useState(0)
  const shown = useRef({ of, ids: new Set<string>() })
  const text = ids.join(' ')
  useLayoutEffect(() => {
    const all = text === '' ? [] : text.split(' ')
    const known = shown.current.of === of ? shown.current.ids : new Set<string>()
    const fresh = newcomers(all, known)
    const held = fresh > 0 && read(list.current) ? fresh : 0
    shown.current = { of, ids: new Set(all.slice(held)) }
    setWaiting(held)
  }, [text, of, list])
  const letIn = useCallback(() => {
    shown.current = { of, ids: new Set(text.split(' ')) }
    setWaiting(0)
    window.scrollTo({ top: 0 })
    // After the rows have come: the first of them is where one reads on.
    requestAnimationFrame(() => list.current?.querySelector('a')?.focus({ preventScroll: true }))
  }, [text, of, list])
  return { waiting, letIn }
}

/** Whether somebody is at a list; where nothing points, as on a phone, that cannot be known. */
function read(list: HTMLElement | null): boolean {
  if (!list) return false
  return (
    window.scrollY > 0 ||
    list.matches(':hover') ||
    list.contains(document.activeElement) ||
    window.matchMedia('(hover: none)').matches
  )
}
