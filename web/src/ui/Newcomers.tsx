import { Button } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './Newcomers.module.css'

/** Says how many rows of a live list wait, and lets them in; see useNewcomers. */
export function Newcomers({ waiting, letIn }: { waiting: number; letIn: () => void }) {
  const { t } = useTranslation('app')
  return (
    <div className={classes.place} role="status">
      {waiting > 0 && (
        <Button
          size="compact-md"
          radius="xl"
          className={classes.button}
          leftSection={<IconArrowUp size={14} aria-hidden />}
          onClick={letIn}
        >
          {t('newcomers', { count: waiting })}
        </Button>
      )}
    </div>
  )
}
