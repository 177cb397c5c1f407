import { IconBolt } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { parseSchema, propertiesOf } from './model/properties'
import { Declared } from './parts/Declared'
import { triggersQuery } from './queries'
import { TriggerEditor } from './TriggerEditor'

type Props = { app: string; edit: string | undefined; onEdit: (key: string | undefined) => void }

/** The triggers of an app, or the one that is being edited. */
export function TriggersTab({ app, edit, onEdit }: Props) {
  const { t } = useTranslation('developer')
  const found = useQuery(triggersQuery(app))
  const list = found.data?.triggers
  const open = list?.find((one) => one.triggerKey === edit)
  if (edit !== undefined && list && (edit === '' || open)) {
    return <TriggerEditor key={edit} app={app} trigger={open} onClose={() => onEdit(undefined)} />
  }
  return (
    <Declared
      items={list?.map((one) => ({
        key: one.triggerKey,
        name: one.displayName,
        badges: [
          one.scheduled ? t('trigger.scheduled') : t('trigger.realTime'),
          ...(one.hidden ? [t('trigger.hidden')] : []),
        ],
        about: t('trigger.properties', {
          count: propertiesOf(parseSchema(JSON.stringify(one.payloadSchema)) ?? {}).length,
        }),
      }))}
      error={found.error}
      again={() => void found.refetch()}
      texts={{ new: t('trigger.new'), empty: t('trigger.empty'), emptyText: t('trigger.emptyText') }}
      icon={<IconBolt size={40} stroke={1.3} aria-hidden />}
      onEdit={onEdit}
    />
  )
}
