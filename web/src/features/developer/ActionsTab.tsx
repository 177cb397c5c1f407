import { IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ActionEditor } from './ActionEditor'
import { Declared } from './parts/Declared'
import { actionsQuery } from './queries'

type Props = { app: string; edit: string | undefined; onEdit: (key: string | undefined) => void }

/** The actions of an app, or the one that is being edited. */
export function ActionsTab({ app, edit, onEdit }: Props) {
  const { t } = useTranslation('developer')
  const found = useQuery(actionsQuery(app))
  const list = found.data?.actions
  const open = list?.find((one) => one.actionKey === edit)
  if (edit !== undefined && list && (edit === '' || open)) {
    return <ActionEditor key={edit} app={app} action={open} onClose={() => onEdit(undefined)} />
  }
  return (
    <Declared
      items={list?.map((one) => ({ key: one.actionKey, name: one.displayName, badges: [], about: '' }))}
      error={found.error}
      again={() => void found.refetch()}
      texts={{ new: t('action.new'), empty: t('action.empty'), emptyText: t('action.emptyText') }}
      icon={<IconPlayerPlay size={40} stroke={1.3} aria-hidden />}
      onEdit={onEdit}
    />
  )
}
