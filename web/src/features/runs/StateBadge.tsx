import { ThemeIcon } from '@mantine/core'
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconPlayerPlay,
  IconPlayerSkipForward,
} from '@tabler/icons-react'
import { stateOf } from './model'
import type { Activation, RunState } from './queries'

const looks = {
  OPEN: ['blue', IconPlayerPlay],
  WAITING: ['orange', IconClock],
  DONE: ['belay', IconCheck],
  FAILED: ['red', IconAlertTriangle],
  CANCELED: ['gray', IconBan],
  SKIPPED: ['gray', IconPlayerSkipForward],
} as const

type Run = Pick<Activation, 'status' | 'withFailedActions' | 'dueDate'>

/** The picture of how a run went; the word stands beside it. */
export function StateIcon({ run, size = 34 }: { run: Run; size?: number }) {
  const state: RunState = stateOf(run)
  const waits = run.status === 'SCHEDULED' || (state === 'OPEN' && isFar(run.dueDate))
  const [color, Icon] = looks[waits ? 'WAITING' : state]
  return (
    <ThemeIcon variant="light" color={color} size={size} radius="xl" aria-hidden>
      <Icon size={Math.round(size * 0.5)} stroke={2} />
    </ThemeIcon>
  )
}

function isFar(due: string | undefined): boolean {
  return due !== undefined && Date.parse(due) - Date.now() > 5000
}
