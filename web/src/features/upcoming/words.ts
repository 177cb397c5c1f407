import type { TFunction } from 'i18next'
import type { Upcoming } from './model'

/** What an item does next, in words: the names of its steps. */
export function doing(t: TFunction<'upcoming'>, item: Upcoming, locale: string): string {
  const names = item.next.map(
    (step) => step.name || t(`step.${step.type as 'DELAY'}`, { defaultValue: t('step.other') }),
  )
  if (names.length === 0) return t('step.end')
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names)
}

/** The automation of an item. */
export function named(t: TFunction<'upcoming'>, item: Upcoming): string {
  return item.automationName || t('unnamed')
}
