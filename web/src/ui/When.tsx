import { useEffect, useState } from 'react'
import { formatDateTime, formatRelative, type Place } from '@/lib/time'

/** An instant: how far away it is, and, on demand, exactly when on the site's clock. */
export function When({ at, place, exact }: { at: string | Date; place: Place; exact?: boolean }) {
  const date = typeof at === 'string' ? new Date(at) : at
  const now = useNow()
  const full = formatDateTime(date, place)
  return (
    <time dateTime={date.toISOString()} title={`${full} (${place.timeZone})`}>
      {exact ? full : formatRelative(date, now, place.locale)}
    </time>
  )
}

/** The present moment, renewed every ten seconds. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 10_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
