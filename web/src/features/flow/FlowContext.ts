import { createContext, use } from 'react'
import type { StepState, StepText } from './describe'
import type { Automation } from './document'
import type { FlowLayout } from './layout'
import type { Port } from './links'

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
  /** Whether something is being dragged, so that gaps show themselves. */
  dragging?: boolean
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
