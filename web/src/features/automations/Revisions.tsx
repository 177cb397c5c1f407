import { Badge, Box, Button, Drawer, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { feature } from '@/app/feature'
import { useSite } from '@/app/useSite'
import { notify } from '@/ui/notify'
import { Problem } from '@/ui/Problem'
import { When } from '@/ui/When'
import type { Card } from './cards'
import classes from './list.module.css'
import { restore, type Version, versionsQuery } from './revisions'
import { Sentence } from './Sentence'
import { useCardActs } from './useCardActs'

const VersionCompare = lazy(() =>
  feature(['builder', 'flow', 'forms'], import('@/features/builder/VersionCompare')),
)

type Props = { card: Card; editable: boolean; onRestored: () => void; onClose: () => void }

/** What an automation was before, newest first, and the way back to each. */
export function Revisions({ card, editable, onRestored, onClose }: Props) {
  const { t } = useTranslation('automations')
  const { t: common } = useTranslation()
  const { site, api, place } = useSite()
  const { say } = useCardActs()
  const [busy, setBusy] = useState<string>()
  const [compared, setCompared] = useState<string>()
  const query = useInfiniteQuery(versionsQuery(api, site, card))
  const versions = query.data?.pages.flatMap((p) => p.versions) ?? []
  const name = card.name || t('unnamed')

  async function back(to: Version) {
    setBusy(to.revision)
    try {
      await restore(api, card, to.revision)
      void notify({ message: t('revisions.restored', { name, n: to.revision }) })
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
      size="lg"
      title={t('revisions.title', { name })}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Text size="sm" c="dimmed" mb="md">
        {t('revisions.note')}
      </Text>
      {query.isPending && [1, 2, 3].map((n) => <Skeleton key={n} h={96} mb="sm" radius="lg" />)}
      {query.isError && <Problem error={query.error} again={() => void query.refetch()} />}
      <Stack gap="sm">{versions.map((version) => one(version))}</Stack>
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

  function one(version: Version) {
    const present = version.revision === card.revision
    return (
      <Box key={version.revision} className={classes.version}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text size="xs" c="dimmed" className="figures">
            {t('revisions.number', { n: version.revision })}
            {' · '}
            <When at={version.updatedDate} place={place} exact />
            {version.updatedBy?.appId && ` · ${t('revisions.by', { who: t('revisions.app') })}`}
          </Text>
          {present && (
            <Badge size="sm" variant="light" tt="none" flex="none">
              {t('revisions.now')}
            </Badge>
          )}
        </Group>
        <Text fw={600} size="sm" dir="auto" mt={4}>
          {version.name || t('unnamed')}
        </Text>
        <Sentence digest={version.digest} place={place} />
        {!present && (
          <Group gap="xs" mt="sm">
            {editable && !card.locks?.readOnly && (
              <Button
                size="xs"
                variant="default"
                loading={busy === version.revision}
                disabled={busy !== undefined}
                onClick={() => void back(version)}
              >
                {t('revisions.restore')}
              </Button>
            )}
            <Button
              size="xs"
              variant="subtle"
              aria-expanded={compared === version.revision}
              onClick={() => setCompared(compared === version.revision ? undefined : version.revision)}
            >
              {t('revisions.compare')}
            </Button>
          </Group>
        )}
        {compared === version.revision && (
          <Suspense fallback={<Skeleton h={64} mt="sm" radius="md" />}>
            <VersionCompare site={site} api={api} id={card.id} revision={version.revision} />
          </Suspense>
        )}
      </Box>
    )
  }
}
