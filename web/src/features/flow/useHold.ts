import { type PointerEvent, useEffect, useRef } from 'react'

type Hold = {
  /** What was held begins to go along with the finger. */
  onLift: (at: Point) => void
  onMove: (at: Point) => void
  onDrop: () => void
  onCancel: () => void
  /** Where what is held stands in a row that is scrolled sideways, it comes out of it at once. */
  fromRow?: boolean
}

export type Point = { x: number; y: number }

/** How long a finger rests on something to lift it, in milliseconds. */
const rest = 350
/** How far it may stray in that time, in pixels: more is scrolling. */
const stray = 10

/**
 * Lifts something with a finger or a pen, as dragging does with a mouse: hold it, carry
 * it, let it go. The browser's own dragging is for mice alone; it is left to them.
 */
export function useHold(hold: Hold | undefined) {
  const latest = useRef(hold)
  latest.current = hold
  const end = useRef<(() => void) | undefined>(undefined)
  useEffect(() => () => end.current?.(), [])

  function onPointerDown(e: PointerEvent) {
    if (e.pointerType === 'mouse' || !latest.current || !e.isPrimary) return
    end.current?.()
    const from: Point = { x: e.clientX, y: e.clientY }
    let lifted = false
    const lift = (at: Point) => {
      lifted = true
      navigator.vibrate?.(12)
      latest.current?.onLift(at)
    }
    const timer = setTimeout(() => lift(from), rest)
    const listeners = new AbortController()
    const stop = () => {
      clearTimeout(timer)
      listeners.abort()
      end.current = undefined
    }
    const cancel = () => {
      stop()
      if (lifted) latest.current?.onCancel()
    }
    end.current = cancel
    const on = <K extends keyof WindowEventMap>(name: K, act: (e: WindowEventMap[K]) => void) =>
      window.addEventListener(name, act, { signal: listeners.signal, passive: false })
    on('pointermove', (move) => {
      if (move.pointerId !== e.pointerId) return
      const at = { x: move.clientX, y: move.clientY }
      const dx = Math.abs(at.x - from.x)
      const dy = Math.abs(at.y - from.y)
      if (lifted) latest.current?.onMove(at)
      else if (latest.current?.fromRow && dy > stray && dy > dx) {
        clearTimeout(timer)
        lift(at)
      } else if (Math.max(dx, dy) > stray) stop()
    })
    on('pointerup', (up) => {
      if (up.pointerId !== e.pointerId) return
      stop()
      if (lifted) latest.current?.onDrop()
    })
    on('pointercancel', cancel)
    // While something is carried nothing scrolls, and what it is let go over is not pressed.
    const hush = (event: Event) => lifted && event.cancelable && event.preventDefault()
    on('touchmove', hush)
    // It ends after the pointer has, and with it the listeners.
    window.addEventListener('touchend', hush, { once: true, passive: false })
    on('contextmenu', (menu) => menu.preventDefault())
    on('keydown', (key) => key.key === 'Escape' && cancel())
  }

  return {
    onPointerDown,
    /** Whether a drag that the browser begins is one of a finger, which is lifted here. */
    holding: () => end.current !== undefined,
  }
}

/** How far from a place a finger may be to mean it, in pixels. */
const reach = 56

/** The name of the place for a step that is nearest to a finger; none where all are far. */
export function gapNear(at: Point): string | undefined {
  let best: { name?: string; far: number } = { far: reach }
  for (const gap of document.querySelectorAll<HTMLElement>('[data-gap]')) {
    const box = gap.getBoundingClientRect()
    const dx = Math.max(box.left - at.x, 0, at.x - box.right)
    const dy = Math.max(box.top - at.y, 0, at.y - box.bottom)
    const far = Math.hypot(dx, dy)
    if (far < best.far) best = { name: gap.dataset.gap, far }
  }
  return best.name
}
