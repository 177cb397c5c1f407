import { useTranslation } from 'react-i18next'
import { PasswordField } from './PasswordField'
import { leastPassword, missing } from './password'

type Props = { label: string; value: string; onChange: (value: string) => void; error?: string }

/** A password that is chosen, with how much of it is still missing. */
export function NewPassword({ label, value, onChange, error }: Props) {
  const { t } = useTranslation('access')
  const short = missing(value)
  const hint =
    value === ''
      ? t('rule.length', { count: leastPassword })
      : short > 0
        ? t('rule.short', { count: short })
        : t('rule.enough')
  return (
    <PasswordField
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      description={hint}
      error={error}
      autoComplete="new-password"
      name="new-password"
      required
      withAsterisk={false}
      aria-live="polite"
    />
  )
}
