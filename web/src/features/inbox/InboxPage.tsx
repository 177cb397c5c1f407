import { Anchor, Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '@/app/useLive'
import { useSite } from '@/app/useSite'
import { Empty } from '@/ui/Empty'
import { Newcomers } from '@/ui/Newcomers'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { useNewcomers } from '@/ui/useNewcomers'
import { When } from '@/ui/When'
import classes from './inbox.module.css'
import { type Note, notificationsQuery } from './queries'

export const route = createLazyRoute('/signed/s/$site/inbox')({ component: InboxPage })

/** What automations told the people of a site. */
function InboxPage() {
  const { t } = useTranslation('inbox')
  const { site } = useSite()
  const notes = useInfiniteQuery(notificationsQuery(site))
  useLive({ site, kinds: ['notification'], keys: [notificationsQuery(site).queryKey] })
  const list = notes.data?.pages.flatMap((p) => p.notifications) ?? []
  const rows = useRef<HTMLDivElement>(null)
  const held = useNewcomers(
    list.map((n) => n.id),
    site,
    rows,
  )
  return (
    <Page title={t('inbox.title')} about={t('inbox.about')}>
      {notes.isPending && <CardsSkeleton />}
      {notes.isError && !notes.data && <Problem error={notes.error} again={() => void notes.refetch()} />}
      {notes.data && list.length === 0 && (
        <Empty
          title={t('inbox.emptyTitle')}
          text={t('inbox.emptyText')}
          icon={<IconBell size={40} stroke={1.3} aria-hidden />}
        />
      )}
      <Newcomers {...held} />
      {list.length > 0 && (
        <Stack component="ul" gap="sm" className={classes.list} aria-label={t('inbox.list')} ref={rows}>
          {list.slice(held.waiting).map((n) => (
            <One key={n.id} note={n} />
          ))}
        </Stack>
      )}
      {notes.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={notes.isFetchingNextPage}
            onClick={() => void notes.fetchNextPage()}
          >
            {t('more')}
          </Button>
        </Group>
      )}
    </Page>
  )
}

function One({ note }: { note: Note }) {
  const { t } = useTranslation('inbox')
  const { site, place } = useSite()
  return (
    <Card component="li" withBorder padding="md">
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <Text fw={600} className={classes.text}>
          {note.title || note.message}
        </Text>
        <Text size="sm" c="dimmed" className={classes.time}>
          <When at={note.at} place={place} />
        </Text>
      </Group>
      {note.title && (
        <Text size="sm" mt={4} className={classes.text}>
          {note.message}
        </Text>
      )}
      {note.activationId && (
        <Anchor
          component={Link}
          to={`/s/${site}/runs/${note.activationId}` as string}
          size="sm"
          mt="xs"
          w="fit-content"
        >
          {t('run')}
        </Anchor>
      )}
    </Card>
  )
}

export function CardsSkeleton() {
  return (
    <Stack gap="sm" aria-hidden>
      {[1, 2, 3, 4].map((n) => (
        <Skeleton key={n} h={92} radius="md" />
      ))}
    </Stack>
  )
}
