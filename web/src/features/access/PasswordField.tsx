import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

/** A password, with a hint while Caps Lock is on. */
export function PasswordField(props: PasswordInputProps) {
  const { t } = useTranslation('access')
  const [caps, setCaps] = useState(false)
  return (
    <PasswordInput
      {...props}
      description={caps ? t('caps') : props.description}
      onKeyUp={(event) => setCaps(event.getModifierState('CapsLock'))}
      onBlur={() => setCaps(false)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      spellCheck={false}
    />
  )
}
