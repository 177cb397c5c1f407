import { ActionIcon, Alert, Card, Group, Text, Title, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { dayOf, firstDayOf, formatDay } from '@/lib/time'
import { Problem } from '@/ui/Problem'
import { useNow } from '@/ui/When'
import { type Look, monthsOn, weeksOf } from './model'
import { daysQuery } from './queries'
import classes from './upcoming.module.css'

type Props = { look: Look; onMonth: (month: string) => void; onDay: (day: string) => void }

/** How much waits on each day of a month; a day leads to its list. */
export function Calendar({ look, onMonth, onDay }: Props) {
  const { t, i18n } = useTranslation('upcoming')
  const { site, place } = useSite()
  const today = dayOf(useNow(), place.timeZone)
  const month = look.month ?? today.slice(0, 7)
  const days = useQuery(daysQuery(site, look, month))
  const counts = new Map(days.data?.month === month ? days.data.days.map((d) => [d.date, d.count]) : [])
  const weeks = weeksOf(month, firstDayOf(place.locale))
  const back = i18n.dir() === 'rtl' ? IconChevronRight : IconChevronLeft
  const on = i18n.dir() === 'rtl' ? IconChevronLeft : IconChevronRight
  const number = new Intl.NumberFormat(place.locale)
  if (days.isError && !days.data) return <Problem error={days.error} again={() => void days.refetch()} />
  return (
    <Card withBorder p={{ base: 'xs', sm: 'md' }}>
      <Group justify="space-between" mb="sm">
        <Step icon={back} label={t('calendar.back')} onClick={() => onMonth(monthsOn(month, -1))} />
        <Title order={2} size="h3" aria-live="polite">
          {new Intl.DateTimeFormat(place.locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
            new Date(`${month}-15T00:00:00Z`),
          )}
        </Title>
        <Step icon={on} label={t('calendar.on')} onClick={() => onMonth(monthsOn(month, 1))} />
      </Group>
      <table className={classes.month} aria-busy={days.isFetching || undefined}>
        <thead>
          <tr>
            {weekdays(place.locale, firstDayOf(place.locale)).map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a week is where it is
            <tr key={`${month}-${i}`}>
              {week.map((day, k) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: so is a day
                <td key={k}>{day && cell(day)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {days.data && !days.data.complete && (
        <Alert color="yellow" mt="sm" p="xs">
          {t('calendar.cut')}
        </Alert>
      )}
      {days.data?.month === month && days.data.days.length === 0 && (
        <Text c="dimmed" ta="center" mt="sm">
          {t('calendar.none')}
        </Text>
      )}
    </Card>
  )

  function cell(day: string) {
    const n = counts.get(day) ?? 0
    const looks = [classes.cell, day === today && classes.today, n > 0 && classes.full]
      .filter(Boolean)
      .join(' ')
    const date = <Text size="sm">{number.format(Number(day.slice(8)))}</Text>
    if (n === 0) return <div className={looks}>{date}</div>
    return (
      <UnstyledButton className={looks} onClick={() => onDay(day)}>
        <span aria-hidden>{date}</span>
        <span className={classes.count} aria-hidden>
          {number.format(n)}
        </span>
        <VisuallyHidden>
          {t('calendar.day', {
            count: n,
            day: formatDay(new Date(`${day}T12:00:00Z`), { ...place, timeZone: 'UTC' }),
          })}
        </VisuallyHidden>
      </UnstyledButton>
    )
  }
}

function Step({
  icon: Icon,
  label,
  onClick,
}: {
  icon: typeof IconChevronLeft
  label: string
  onClick: () => void
}) {
  return (
    <ActionIcon variant="default" size="lg" aria-label={label} onClick={onClick}>
      <Icon size={18} />
    </ActionIcon>
  )
}

/** The names of the days, as short as the language has them. 2024 began on a Monday. */
function weekdays(locale: string, first: number): string[] {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  return Array.from({ length: 7 }, (_, i) => format.format(new Date(Date.UTC(2024, 0, first + i))))
}
