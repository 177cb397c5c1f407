import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { Confirm } from '@/ui/Confirm'
import { waitingRuns } from './acts'
import type { Card } from './cards'
import { together } from './model'

type Props = {
  what: 'delete' | 'off'
  cards: Card[]
  busy: boolean
  onConfirm: () => void
  onClose: () => void
}

/** How many automations are looked through for runs that are waiting. */
const looked = 20

/** Asks before runs are lost, and says how many. */
export function LossConfirm({ what, cards, busy, onConfirm, onClose }: Props) {
  const { t } = useTranslation('automations')
  const { site, api } = useSite()
  const live = cards.filter((c) => !c.draft)
  const waiting = useQuery({
    queryKey: ['automations', site, 'waiting', live.map((c) => c.id)],
    queryFn: async () => together(await Promise.all(live.map((c) => waitingRuns(api, c)))),
    enabled: live.length > 0 && live.length <= looked,
    staleTime: 0,
    gcTime: 0,
  })
  const only = cards.length === 1 ? cards[0] : undefined
  const words = what === 'delete' ? 'delete' : 'switchOff'
  return (
    <Confirm
      opened
      danger
      busy={busy}
      title={
        only
          ? t(`${words}.title`, { name: only.name || t('unnamed') })
          : t(`${words}.titleMany`, { count: cards.length })
      }
      act={t(`${words}.act`)}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <Stack gap="xs">
        {live.length > 0 && <Text size="sm">{lost()}</Text>}
        {what === 'delete' && cards.some((c) => c.draft) && <Text size="sm">{t('delete.draft')}</Text>}
        {what === 'delete' && (
          <Text size="sm" c="dimmed">
            {t('delete.undo')}
          </Text>
        )}
      </Stack>
    </Confirm>
  )

  function lost(): string {
    if (live.length > looked || waiting.isError) return t('delete.unknown')
    if (!waiting.data) return t('delete.counting')
    const { n, more } = waiting.data
    if (n === 0) return t('delete.none')
    return more ? t('delete.lostMore', { n }) : t('delete.lost', { count: n })
  }
}
