import { createContext, use } from 'react'
import type { StepState, StepText } from './describe'
import type { Automation } from './document'
import type { FlowLayout } from './layout'
import type { Port } from './links'
import type { Point } from './useHold'

/** Where a step may be put: on a way out, before the step that follows there. */
export type Gap = { after: string; port: Port; before?: string }

export type FlowHandlers = {
  onSelect: (id: string | undefined) => void
  /** Asks for a step in a gap. */
  onAdd?: (gap: Gap) => void
  /** A step, or what was dragged from elsewhere, is let go over a gap. */
  onDrop?: (gap: Gap, dragged: DataTransfer) => void
  /** Begins to drag a step. */
  onDrag?: (id: string, data: DataTransfer) => void
  onDragEnd?: () => void
  /** Lifts a step with a finger; what is returned carries it on. */
  lift?: (id: string) => Lifting
  /** Whether something is being dragged, so that gaps show themselves. */
  dragging?: boolean
  /** The name of the gap that what is carried by a finger would fall into; see gapName. */
  over?: string
}

/** What is done with something that is carried by a finger. */
export type Lifting = {
  onLift: (at: Point) => void
  onMove: (at: Point) => void
  onDrop: () => void
  onCancel: () => void
}

/** What a gap is called on the page. */
export function gapName(gap: Gap): string {
  return `${gap.after}:${gap.port}`
}

/** The gap of such a name. */
export function gapOf(name: string): Gap {
  const at = name.indexOf(':')
  return { after: name.slice(0, at), port: name.slice(at + 1) as Port }
}

type Shown = FlowHandlers & {
  automation: Automation
  layout: FlowLayout
  describe: (id: string) => StepText
  states?: Record<string, StepState>
  marks?: Record<string, 'error' | 'warning'>
  selected?: string
  readOnly?: boolean
}

export const FlowContext = createContext<Shown | null>(null)

export function useFlow(): Shown {
  const shown = use(FlowContext)
  if (!shown) throw new Error('nodes stand in a FlowCanvas')
  return shown
}
