import type { WidgetProps } from '@rjsf/utils'
import { useTranslation } from 'react-i18next'
import type { Place } from '@/lib/time'
import { fromLocalInput, toLocalInput } from '@/lib/timing'
import { MomentInput } from '@/ui/moment/MomentInput'

/**
 * A date with a time, on the clock of the site: what an app reports is an instant in
 * UTC, and nobody thinks in that.
 */
export function MomentField(props: WidgetProps) {
  const { t } = useTranslation('explorer')
  const { timeZone, locale } = placeOf(props)
  const at = new Date(textOf(props))
  return (
    <MomentInput
      {...common(props)}
      kind="dateTime"
      locale={locale}
      description={t('form.clock', { zone: timeZone })}
      value={Number.isNaN(at.getTime()) ? '' : toLocalInput(at, timeZone)}
      onChange={(local) => props.onChange(fromLocalInput(local, timeZone)?.toISOString())}
    />
  )
}

/** A day of the calendar. */
export function DateField(props: WidgetProps) {
  return (
    <MomentInput
      {...common(props)}
      kind="date"
      locale={placeOf(props).locale}
      value={textOf(props).slice(0, 10)}
      onChange={(day) => props.onChange(day || undefined)}
    />
  )
}

/** A time of day. It comes without a day, and so in no zone but UTC. */
export function TimeField(props: WidgetProps) {
  const { t } = useTranslation('explorer')
  return (
    <MomentInput
      {...common(props)}
      kind="time"
      locale={placeOf(props).locale}
      description={t('form.clock', { zone: 'UTC' })}
      value={textOf(props).slice(0, 5)}
      onChange={(time) => props.onChange(time ? `${time}:00Z` : undefined)}
    />
  )
}

function common({ id, label, required, disabled, readonly, rawErrors }: WidgetProps) {
  return { id, label, required, disabled, readOnly: readonly, error: rawErrors?.join(' ') }
}

function placeOf({ registry }: WidgetProps): Place {
  return registry.formContext as Place
}

function textOf({ value }: WidgetProps): string {
  return typeof value === 'string' ? value : ''
}
