import { Box, Button, CloseButton, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './list.module.css'
import type { Many } from './useCardActs'

type Props = {
  count: number
  /** How many of them are done, while something is done to them. */
  done: number | undefined
  onAct: (what: Many) => void
  onClear: () => void
}

/** What can be done to what is selected. */
export function BulkBar({ count, done, onAct, onClear }: Props) {
  const { t } = useTranslation('automations')
  const busy = done !== undefined
  return (
    <Box className={classes.bulk} role="region" aria-label={t('bulk.label')}>
      <Text size="sm" fw={600} role="status" className="figures" me={6}>
        {busy ? t('bulk.busy', { done, all: count }) : t('bulk.count', { count })}
      </Text>
      <Button size="xs" variant="default" disabled={busy} onClick={() => onAct('on')}>
        {t('bulk.on')}
      </Button>
      <Button size="xs" variant="default" disabled={busy} onClick={() => onAct('off')}>
        {t('bulk.off')}
      </Button>
      <Button size="xs" variant="light" color="red" disabled={busy} onClick={() => onAct('delete')}>
        {t('bulk.delete')}
      </Button>
      <CloseButton aria-label={t('bulk.clear')} disabled={busy} onClick={onClear} />
    </Box>
  )
}
