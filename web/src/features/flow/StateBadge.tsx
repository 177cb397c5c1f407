import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconX,
} from '@tabler/icons-react'
import type { StepState } from './describe'
import classes from './flow.module.css'

const marks = {
  done: [IconCheck, 'belay'],
  active: [IconPlayerPlay, 'blue'],
  waiting: [IconClock, 'orange'],
  failed: [IconX, 'red'],
  skipped: [IconPlayerSkipForward, 'gray'],
  canceled: [IconBan, 'gray'],
  error: [IconAlertTriangle, 'red'],
  warning: [IconAlertTriangle, 'yellow'],
} as const

export type Mark = Exclude<StepState, 'untouched'> | 'error' | 'warning'

/** What stands at the corner of a step: what became of it, or what is wrong with it. */
export function StateBadge({ mark, label }: { mark: Mark; label: string }) {
  const [Icon, color] = marks[mark]
  return (
    <span className={classes.badge} style={{ background: `var(--mantine-color-${color}-filled)` }}>
      <Icon size={13} stroke={2.6} aria-hidden />
      <span className={classes.hidden}>{label}</span>
    </span>
  )
}
