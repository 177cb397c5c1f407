import { ActionIcon, Tooltip } from '@mantine/core'
import { IconForms, IconMathFunction } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** Switches a field between values to choose from and a formula. */
export function ModeButton({ formula, onSwitch }: { formula: boolean; onSwitch: () => void }) {
  const { t } = useTranslation('forms')
  const label = formula ? t('mode.plain') : t('mode.formula')
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" size="sm" aria-label={label} onClick={onSwitch}>
        {formula ? <IconForms size={15} /> : <IconMathFunction size={15} />}
      </ActionIcon>
    </Tooltip>
  )
}
