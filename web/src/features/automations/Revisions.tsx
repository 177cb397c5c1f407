import { Box, Button, Divider, Drawer, Group, Skeleton, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { Problem } from '@/ui/Problem'
import { When } from '@/ui/When'
import type { Card } from './cards'
import { numbersOf, page, restore, type Version, version } from './revisions'
import { useCardActs } from './useCardActs'

type Props = { card: Card; editable: boolean; onRestored: () => void; onClose: () => void }

/** What an automation was before, newest first, and the way back to each. */
export function Revisions({ card, editable, onRestored, onClose }: Props) {
  const { t } = useTranslation('automations')
  const { t: common } = useTranslation()
  const { site, api, place } = useSite()
  const { say } = useCardActs()
  const [busy, setBusy] = useState<number>()
  const newest = Number(card.revision)
  const query = useInfiniteQuery({
    queryKey: ['automations', site, 'revisions', card.id, card.revision],
    initialPageParam: 0,
    queryFn: async ({ pageParam }) =>
      Promise.all(
        numbersOf(newest, pageParam).map(async (number) => ({
          number,
          version: await version(api, card, number),
        })),
      ),
    getNextPageParam: (_, all) => (all.length * page < newest ? all.length * page : undefined),
  })
  const versions = query.data?.pages.flat().filter((v) => v.version !== undefined) ?? []
  const name = card.name || t('unnamed')

  async function back(number: number, to: Version) {
    setBusy(number)
    try {
      await restore(api, card, to)
      notifications.show({ message: t('revisions.restored', { name, n: number }) })
      onRestored()
      onClose()
    } catch (thrown) {
      say(card, thrown)
      setBusy(undefined)
    }
  }

  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      title={t('revisions.title', { name })}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Text size="sm" c="dimmed" mb="md">
        {t('revisions.note')}
      </Text>
      {query.isPending && [1, 2, 3].map((n) => <Skeleton key={n} h={56} mb="sm" />)}
      {query.isError && <Problem error={query.error} again={() => void query.refetch()} />}
      <Stack gap="sm">
        {versions.map(({ number, version: v }) => v && <Fragment key={number}>{one(number, v)}</Fragment>)}
      </Stack>
      {query.hasNextPage && (
        <Button
          mt="md"
          variant="default"
          fullWidth
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t('revisions.more')}
        </Button>
      )}
    </Drawer>
  )

  function one(number: number, v: Version) {
    const who = v.updatedBy?.appId ? t('revisions.app') : undefined
    return (
      <>
        <Group justify="space-between" wrap="nowrap" align="center">
          <Box miw={0}>
            <Text size="sm" fw={600} truncate dir="auto">
              {v.name || t('unnamed')}
            </Text>
            <Text size="xs" c="dimmed">
              {number === newest ? t('revisions.now') : t('revisions.number', { n: number })}
              {v.updatedDate && (
                <>
                  {' · '}
                  <When at={v.updatedDate} place={place} exact />
                </>
              )}
              {who && ` · ${t('revisions.by', { who })}`}
              {' · '}
              {t('revisions.steps', { count: Object.keys(v.configuration?.actions ?? {}).length })}
            </Text>
          </Box>
          {editable && number !== newest && !card.locks?.readOnly && (
            <Button
              size="xs"
              variant="default"
              loading={busy === number}
              disabled={busy !== undefined}
              onClick={() => void back(number, v)}
            >
              {t('revisions.restore')}
            </Button>
          )}
        </Group>
        <Divider />
      </>
    )
  }
}
