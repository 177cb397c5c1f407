import { Alert, Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './builder.module.css'
import type { SaveState } from './model/keeper'

type Props = { state: SaveState; outdated: boolean; onMine: () => void; onTheirs: () => void }

/** Says why changes are not saved, and what can be done; nothing while all is well. */
export function SaveNotice({ state, outdated, onMine, onTheirs }: Props) {
  const { t } = useTranslation('builder')
  if (state.kind === 'conflict') {
    return (
      <Alert color="yellow" title={t('conflict.title')} className={classes.notice} role="alert">
        {t('conflict.text')}
        <Group mt="sm" gap="sm">
          <Button size="xs" onClick={onTheirs}>
            {t('conflict.theirs')}
          </Button>
          <Button size="xs" variant="default" onClick={onMine}>
            {t('conflict.mine')}
          </Button>
        </Group>
      </Alert>
    )
  }
  if (state.kind === 'refused') {
    const { error } = state
    const detail = error.violations.map((v) => `${v.field} ${v.description}`).join('; ')
    return (
      <Alert color="red" title={t('refused')} className={classes.notice} role="alert">
        {detail || error.message}
      </Alert>
    )
  }
  if (outdated) {
    return (
      <Alert color="yellow" className={classes.notice}>
        {t('outdated')}
      </Alert>
    )
  }
  return null
}
