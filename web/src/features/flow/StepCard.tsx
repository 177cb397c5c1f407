import type { ReactNode, Ref } from 'react'
import { useTranslation } from 'react-i18next'
import type { StepState, StepText } from './describe'
import type { Lifting } from './FlowContext'
import classes from './flow.module.css'
import { StepIcon } from './StepIcon'
import { useHold } from './useHold'

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
  /** What is done with it when a finger lifts it. */
  lifting?: Lifting
  ref?: Ref<HTMLButtonElement>
}

/** One step as a card that can be chosen. */
export function StepCard(p: Props) {
  const { i18n } = useTranslation()
  const { onPointerDown, holding } = useHold(p.lifting)
  return (
    <button
      type="button"
      ref={p.ref}
      className={classes.card}
      dir={i18n.dir()} // the canvas around it always runs from left to right
      data-step={p.id}
      data-selected={p.selected || undefined}
      data-state={p.state}
      aria-pressed={p.selected}
      tabIndex={p.reachable ? 0 : -1}
      draggable={p.draggable}
      onClick={p.onSelect}
      onFocus={p.onFocus}
      onPointerDown={onPointerDown}
      onDragStart={(e) => (holding() ? e.preventDefault() : p.onDragStart?.(e))}
      onDragEnd={p.onDragEnd}
    >
      <StepIcon look={p.text.look} />
      <span className={classes.text}>
        {p.kicker && <span className={classes.kicker}>{p.kicker}</span>}
        <span className={`${classes.title} name-of`} dir="auto">
          {p.text.title}
        </span>
        {p.text.summary && <span className={classes.summary}>{p.text.summary}</span>}
      </span>
      {p.badge}
    </button>
  )
}
