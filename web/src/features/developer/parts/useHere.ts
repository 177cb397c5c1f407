import { useTranslation } from 'react-i18next'
import type { Place } from '@/lib/time'

/** How dates of what belongs to no site are read: as where the person is. */
export function useHere(): Place {
  const { i18n } = useTranslation()
  return { locale: i18n.language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }
}
