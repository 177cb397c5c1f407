import '@mantine/dates/styles.layer.css'
import { Button, FocusTrap, Group } from '@mantine/core'
import { DatePicker, type DayOfWeek, TimePicker } from '@mantine/dates'
import { useTranslation } from 'react-i18next'
import { halvesOf, type MomentKind } from '@/lib/moment'
import { firstDayOf } from '@/lib/time'

type Props = {
  kind: MomentKind
  value: string
  locale: string
  onChange: (value: string) => void
  onDone: () => void
}

/** The calendar of a MomentInput, with its clock. It is loaded on demand. */
export default function MomentCalendar({ kind, value, locale, onChange, onDone }: Props) {
  const { t } = useTranslation()
  const [date = '', time = '09:00'] = value.split('T')
  const said = sayings(locale)
  const first = (firstDayOf(locale) % 7) as DayOfWeek
  const halves = halvesOf(locale)
  return (
    <FocusTrap active>
      <div>
        <DatePicker
          value={date || null}
          defaultDate={date || undefined}
          onChange={(day) => {
            if (day === null) return
            onChange(kind === 'date' ? day : `${day}T${time}`)
            if (kind === 'date') onDone()
          }}
          firstDayOfWeek={first}
          weekendDays={[]}
          weekdayFormat={said({ weekday: narrowDays(locale) ? 'narrow' : 'short' })}
          monthLabelFormat={said({ month: 'long', year: 'numeric' })}
          yearLabelFormat={said({ year: 'numeric' })}
          monthsListFormat={said({ month: 'short' })}
          yearsListFormat={said({ year: 'numeric' })}
          decadeLabelFormat={(from, to) =>
            `${said({ year: 'numeric' })(from)} – ${said({ year: 'numeric' })(to)}`
          }
          renderDay={(day) => new Intl.NumberFormat(locale).format(Number(day.slice(8, 10)))}
          getDayAriaLabel={said({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })}
          ariaLabels={{
            nextMonth: t('moment.nextMonth'),
            previousMonth: t('moment.previousMonth'),
            nextYear: t('moment.nextYear'),
            previousYear: t('moment.previousYear'),
            nextDecade: t('moment.nextYears'),
            previousDecade: t('moment.previousYears'),
            monthLevelControl: t('moment.months'),
            yearLevelControl: t('moment.years'),
          }}
        />
        {kind === 'dateTime' && (
          <Group justify="space-between" mt="sm" wrap="nowrap">
            <TimePicker
              aria-label={t('moment.time')}
              value={time}
              format={halves ? '12h' : '24h'}
              amPmLabels={halves}
              hoursInputLabel={t('moment.hours')}
              minutesInputLabel={t('moment.minutes')}
              amPmInputLabel={t('moment.half')}
              disabled={date === ''}
              onChange={(next) => {
                if (next !== '' && date !== '') onChange(`${date}T${next.slice(0, 5)}`)
              }}
            />
            <Button size="compact-sm" onClick={onDone}>
              {t('moment.done')}
            </Button>
          </Group>
        )}
      </div>
    </FocusTrap>
  )
}

/** Whether the short names of days are too long to stand beside each other. */
function narrowDays(locale: string): boolean {
  const name = sayings(locale)({ weekday: 'short' })
  return [1, 2, 3, 4, 5, 6, 7].some((day) => name(`2026-06-0${day}`).length > 5)
}

/** Says dates as they are said in a locale, by the calendar that programs count by. */
function sayings(locale: string) {
  return (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, calendar: 'gregory', timeZone: 'UTC' })
    return (date: string) => format.format(new Date(`${date.slice(0, 10)}T00:00:00Z`))
  }
}
