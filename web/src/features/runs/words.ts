import type { TFunction } from 'i18next'
import { formatRelative, type Place } from '@/lib/time'
import { stateOf } from './model'
import type { Activation, RunRow, RunTold } from './queries'

type Say = TFunction<'runs'>

/** How a run stands, in a few words: "Waits for its time", "Done, but a step failed". */
export function standing(t: Say, run: Pick<Activation, 'status' | 'withFailedActions'>): string {
  if (run.status === 'ENDED' && run.withFailedActions) return t('partly')
  return t(`statuses.${run.status}`)
}

export function skipReason(t: Say, reason: string | undefined): string {
  return t(`skipReasons.${reason as 'other'}`, { defaultValue: t('skipReasons.other') })
}

export function cancelReason(t: Say, reason: string | undefined): string {
  return t(`cancelReasons.${reason as 'other'}`, { defaultValue: t('cancelReasons.other') })
}

/** The line that says most about a run in a list. */
export function remark(t: Say, run: RunRow, now: Date, place: Place): string {
  const when = (at: string) => formatRelative(new Date(at), now, place.locale)
  switch (stateOf(run)) {
    case 'SKIPPED':
      return skipReason(t, run.skipReason)
    case 'CANCELED':
      return cancelReason(t, run.cancelReason)
    case 'FAILED':
      return run.error || standing(t, run)
    case 'OPEN':
      if (!run.dueDate || Date.parse(run.dueDate) <= now.getTime()) return standing(t, run)
      return t(run.startedDate ? 'next' : 'starts', { when: when(run.dueDate) })
    default:
      return t('steps', { count: run.stepsDone })
  }
}

type Hand = NonNullable<Activation['hurried']>

/** "Left out by Ada 5 minutes ago" */
export function byHand(
  t: Say,
  what: 'hurried' | 'ended' | 'leaveOut' | 'leftOut',
  hand: Hand,
  now: Date,
  place: Place,
): string {
  return t(`byHand.${what}`, {
    who: whoseHand(t, hand.person),
    when: formatRelative(new Date(hand.date), now, place.locale),
  })
}

function whoseHand(t: Say, person: Hand['person']): string {
  if (!person) return t('byHand.who.nobody')
  if (person.self) return t('byHand.who.self')
  return t(`byHand.who.${person.name ? person.kind : 'UNKNOWN'}`, { name: person.name })
}

/** "Canceled by Ada" */
export function canceledBy(t: Say, by: RunTold['canceledBy']): string {
  if (!by) return t('canceledBy.nobody')
  if (by.self) return t('canceledBy.self')
  if (!by.name) return t('canceledBy.UNKNOWN')
  return t(`canceledBy.${by.kind}`, { name: by.name })
}
