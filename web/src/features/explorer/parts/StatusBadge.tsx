import { Badge, type MantineColor } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type explorer from '@/i18n/en/explorer'

type Status = keyof (typeof explorer)['status']
type Verdict = keyof (typeof explorer)['why']['text']

const colours: Record<Status, MantineColor> = {
  INITIATED: 'blue',
  SCHEDULED: 'blue',
  STARTED: 'blue',
  ENDED: 'belay',
  CANCELLED: 'gray',
  FAILED: 'red',
  SKIPPED: 'gray',
  NONE: 'gray',
  INVOKED_ASYNC: 'blue',
}

/** Where an activation or an action stands, in words. */
export function StatusBadge({ status, failures }: { status: string; failures?: boolean }) {
  const { t } = useTranslation('explorer')
  const known = status as Status
  return (
    <Badge variant="light" color={failures ? 'red' : colours[known]} flex="none">
      {t(`status.${known}`)}
    </Badge>
  )
}

/** What became of an event at an automation, in two words. */
export function VerdictBadge({ verdict }: { verdict: string }) {
  const { t } = useTranslation('explorer')
  const known = verdict as Verdict
  const colour = known === 'ACTIVATED' ? 'belay' : known === 'FAILED' ? 'red' : 'gray'
  return (
    <Badge variant="light" color={colour} flex="none">
      {t(`why.${known}`)}
    </Badge>
  )
}
