import { dayOf, formatClock, formatDay, type Place } from '@/lib/time'

/** An instant as one would say it: "tomorrow" or "Tuesday 1 December", and "09:00". */
export function soon(at: Date, now: Date, place: Place): { day: string; time: string } {
  const days = (Date.parse(dayOf(at, place.timeZone)) - Date.parse(dayOf(now, place.timeZone))) / 86_400_000
  const day =
    days >= 0 && days <= 1
      ? new Intl.RelativeTimeFormat(place.locale, { numeric: 'auto' }).format(days, 'day')
      : formatDay(at, place)
  return { day, time: formatClock(at, place) }
}
