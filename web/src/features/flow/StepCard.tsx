import type { ReactNode, Ref } from 'react'
import type { StepState, StepText } from './describe'
import classes from './flow.module.css'
import { StepIcon } from './StepIcon'

type Props = {
  id: string
  text: StepText
  /** A word above the title, such as "When". */
  kicker?: string
  selected?: boolean
  state?: StepState
  badge?: ReactNode
  /** Whether the keyboard comes to it by Tab. */
  reachable?: boolean
  draggable?: boolean
  onSelect: () => void
  onFocus?: () => void
  onDragStart?: (e: React.DragEvent) => void
  onDragEnd?: () => void
  ref?: Ref<HTMLButtonElement>
}

/** One step as a card that can be chosen. */
export function StepCard(p: Props) {
  return (
    <button
      type="button"
      ref={p.ref}
      className={classes.card}
      data-step={p.id}
      data-selected={p.selected || undefined}
      data-state={p.state}
      aria-pressed={p.selected}
      tabIndex={p.reachable ? 0 : -1}
      draggable={p.draggable}
      onClick={p.onSelect}
      onFocus={p.onFocus}
      onDragStart={p.onDragStart}
      onDragEnd={p.onDragEnd}
    >
      <StepIcon look={p.text.look} />
      <span className={classes.text}>
        {p.kicker && <span className={classes.kicker}>{p.kicker}</span>}
        <span className={classes.title}>{p.text.title}</span>
        {p.text.summary && <span className={classes.summary}>{p.text.summary}</span>}
      </span>
      {p.badge}
    </button>
  )
}
