import { TextInput } from '@mantine/core'
import type { WidgetProps } from '@rjsf/utils'
import { useTranslation } from 'react-i18next'
import { fromLocalInput, toLocalInput } from '@/lib/timing'

/**
 * A date with a time, on the clock of the site: what an app reports is an instant in
 * UTC, and nobody thinks in that.
 */
export function MomentField({
  id,
  label,
  value,
  required,
  disabled,
  readonly,
  rawErrors,
  onChange,
  registry,
}: WidgetProps) {
  const { t } = useTranslation('explorer')
  const { timeZone } = registry.formContext as { timeZone: string }
  const at = new Date(typeof value === 'string' ? value : '')
  return (
    <TextInput
      id={id}
      type="datetime-local"
      label={label}
      description={t('form.clock', { zone: timeZone })}
      required={required}
      disabled={disabled}
      readOnly={readonly}
      error={rawErrors?.join(' ')}
      value={Number.isNaN(at.getTime()) ? '' : toLocalInput(at, timeZone)}
      onChange={(e) => onChange(fromLocalInput(e.currentTarget.value, timeZone)?.toISOString())}
    />
  )
}
