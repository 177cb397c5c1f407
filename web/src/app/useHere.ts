import { useTranslation } from 'react-i18next'
import type { Place } from '@/lib/time'

/**
 * How dates of what belongs to no site are read: in the person's time zone, and in the
 * variety of the console's language that their browser asks for, such as en-GB.
 */
export function useHere(): Place {
  const { language } = useTranslation().i18n
  const own = navigator.languages.find((tag) => tag.split('-')[0] === language)
  return { locale: own ?? language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }
}
