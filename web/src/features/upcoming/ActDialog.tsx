import { List, Skeleton, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { aboutOf } from '@/lib/about'
import { toApiError } from '@/lib/api/error'
import { formatDateTime } from '@/lib/time'
import { Confirm } from '@/ui/Confirm'
import { notify } from '@/ui/notify'
import { Problem } from '@/ui/Problem'
import type { Upcoming } from './model'
import { cancelAll, lostQuery, runNow, skip } from './queries'
import { doing, named } from './words'

/** What somebody wants to do to an item. */
export type Asked = { act: 'run' | 'skip' | 'cancel'; item: Upcoming }

/** How many of what is lost are named. */
const listed = 8

/** Asks before something is done early, left out or called off, and does it. */
export function ActDialog({
  asked,
  onClose,
  onDone,
}: {
  asked: Asked
  onClose: () => void
  onDone: () => void
}) {
  const { t } = useTranslation('upcoming')
  const { site, api, place } = useSite()
  const client = useQueryClient()
  const { act, item } = asked
  const about = aboutOf(item)
  const words = { what: doing(t, item, place.locale), name: named(t, item), about }
  const change = useMutation({
    mutationFn: async () => {
      if (act === 'run') await runNow(api, item)
      else if (act === 'skip') await skip(api, item)
      else await cancelAll(api, item)
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['upcoming', site] }),
    onSuccess: () => {
      void notify({ message: t(`${key()}.done`, words) })
      onDone()
    },
    onError: (thrown) => {
      const e = toApiError(thrown)
      void notify({
        color: 'red',
        title: t('failed'),
        message: e.code === 'NOTHING_WAITS' ? t('nothingWaits') : e.message,
      })
      onClose()
    },
  })
  return (
    <Confirm
      opened
      danger={act !== 'run'}
      busy={change.isPending}
      title={act === 'cancel' && about ? t('cancelAll.titleOf', words) : t(`${key()}.title`, words)}
      act={t(`${key()}.act`)}
      onConfirm={() => change.mutate()}
      onClose={onClose}
    >
      {act === 'cancel' ? (
        <Lost item={item} />
      ) : (
        <Stack gap="xs">
          {about && (
            <Text size="sm" fw={550}>
              {about}
            </Text>
          )}
          <Text size="sm">
            {t(act === 'run' ? 'run.text' : item.wait === 'START' ? 'skip.whole' : 'skip.text', {
              ...words,
              when: formatDateTime(new Date(item.dueDate), place),
            })}
          </Text>
        </Stack>
      )}
    </Confirm>
  )

  function key() {
    return act === 'cancel' ? 'cancelAll' : act
  }
}

/** Names what a cancel calls off. */
function Lost({ item }: { item: Upcoming }) {
  const { t } = useTranslation('upcoming')
  const { site, place } = useSite()
  const lost = useQuery(lostQuery(site, item))
  if (lost.isError) return <Problem error={lost.error} />
  if (!lost.data) return <Skeleton h={80} />
  const all = lost.data.upcoming
  return (
    <Stack gap="xs">
      <Text size="sm">
        {lost.data.pagingMetadata.hasNext
          ? t('cancelAll.textMany', { n: all.length })
          : t('cancelAll.text', { count: all.length })}
      </Text>
      <List size="sm" spacing={4}>
        {all.slice(0, listed).map((one) => (
          <List.Item key={one.activationId}>
            {t('cancelAll.one', {
              what: doing(t, one, place.locale),
              name: named(t, one),
              when: formatDateTime(new Date(one.dueDate), place),
            })}
          </List.Item>
        ))}
      </List>
      {all.length > listed && (
        <Text size="sm" c="dimmed">
          {t('cancelAll.rest', { count: all.length - listed })}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {t('cancelAll.undo')}
      </Text>
    </Stack>
  )
}
