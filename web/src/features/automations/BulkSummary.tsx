import { List, Modal, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type Outcome, reasonOf } from './model'
import type { Many } from './useCardActs'

type Props = { what: Many; outcomes: Outcome[]; onClose: () => void }

/** What became of each of many. */
export function BulkSummary({ what, outcomes, onClose }: Props) {
  const { t } = useTranslation('automations')
  const { t: common } = useTranslation()
  const failed = outcomes.filter((o) => o.error)
  const count = outcomes.length - failed.length
  const done = { on: 'bulk.doneOn', off: 'bulk.doneOff', delete: 'bulk.doneDelete' } as const
  return (
    <Modal
      opened
      centered
      onClose={onClose}
      title={t('bulk.result')}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Stack gap="sm">
        {count > 0 && <Text size="sm">{t(done[what], { count })}</Text>}
        <Text size="sm" fw={600}>
          {t('bulk.failed', { count: failed.length })}
        </Text>
        <List size="sm" spacing={6}>
          {failed.map(({ card, error }) => {
            const { kind, reason } = reasonOf(error)
            return (
              <List.Item key={card.id}>
                {t(`problem.${kind}`, { name: card.name || t('unnamed'), reason })}
              </List.Item>
            )
          })}
        </List>
      </Stack>
    </Modal>
  )
}
