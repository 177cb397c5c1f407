import { dayOf, formatClock, formatDay, type Place } from '@/lib/time'

/** "today, 09:00", "tomorrow, 09:00", "Tuesday, 1 December, 09:00": an instant as one would say it. */
export function soon(at: Date, now: Date, place: Place): string {
  const days = (Date.parse(dayOf(at, place.timeZone)) - Date.parse(dayOf(now, place.timeZone))) / 86_400_000
  const day =
    days >= 0 && days <= 1
      ? new Intl.RelativeTimeFormat(place.locale, { numeric: 'auto' }).format(days, 'day')
      : formatDay(at, place)
  return new Intl.ListFormat(place.locale, { type: 'unit' }).format([day, formatClock(at, place)])
}
