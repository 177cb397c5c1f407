import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowLeft, IconMailOpened } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, Link, useSearch } from '@tanstack/react-router'
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
import { CardsSkeleton } from './InboxPage'
import classes from './inbox.module.css'
import { MailView } from './MailView'
import { type Mail, mailsQuery } from './queries'

export const route = createLazyRoute('/signed/s/$site/outbox')({ component: OutboxPage })

/** Mails that were kept instead of sent: the list, and beside it the one that is read. */
function OutboxPage() {
  const { t } = useTranslation('inbox')
  const { site } = useSite()
  const { mail } = useSearch({ from: '/signed/s/$site/outbox' })
  const mails = useInfiniteQuery(mailsQuery(site))
  useLive({ site, kinds: ['mail'], keys: [mailsQuery(site).queryKey] })
  const all = mails.data?.pages.flatMap((p) => p.mails) ?? []
  const rows = useRef<HTMLUListElement>(null)
  const held = useNewcomers(
    all.map((m) => m.id),
    site,
    rows,
  )
  const list = all.slice(held.waiting)
  const narrow = useMediaQuery('(max-width: 62em)', window.matchMedia('(max-width: 62em)').matches)
  const chosen = all.find((m) => m.id === mail) ?? (narrow ? undefined : list[0])
  return (
    <Page title={t('outbox.title')} about={t('outbox.about')} wide>
      {mails.isPending && <CardsSkeleton />}
      {mails.isError && !mails.data && <Problem error={mails.error} again={() => void mails.refetch()} />}
      {mails.data && list.length === 0 && (
        <Empty
          title={t('outbox.emptyTitle')}
          text={t('outbox.emptyText')}
          icon={<IconMailOpened size={40} stroke={1.3} aria-hidden />}
        />
      )}
      <Newcomers {...held} />
      {list.length > 0 && (
        <div className={classes.columns}>
          {!(narrow && chosen) && (
            <Stack gap="sm">
              <ul className={classes.mails} aria-label={t('outbox.list')} ref={rows}>
                {list.map((m) => (
                  <Row key={m.id} mail={m} site={site} chosen={m.id === chosen?.id} />
                ))}
              </ul>
              {mails.hasNextPage && (
                <Button
                  variant="default"
                  loading={mails.isFetchingNextPage}
                  onClick={() => void mails.fetchNextPage()}
                >
                  {t('more')}
                </Button>
              )}
            </Stack>
          )}
          {chosen && (
            <div>
              {narrow && (
                <Button
                  component={Link}
                  to={`/s/${site}/outbox` as string}
                  variant="subtle"
                  size="compact-sm"
                  mb="sm"
                  leftSection={<IconArrowLeft size={15} aria-hidden />}
                >
                  {t('outbox.back')}
                </Button>
              )}
              <Card withBorder padding="lg" component="article">
                <MailView mail={chosen} key={chosen.id} />
              </Card>
            </div>
          )}
        </div>
      )}
    </Page>
  )
}

function Row({ mail, site, chosen }: { mail: Mail; site: string; chosen: boolean }) {
  const { t } = useTranslation('inbox')
  const { place } = useSite()
  return (
    <li>
      <Link
        to="/s/$site/outbox"
        params={{ site }}
        search={{ mail: mail.id }}
        className={classes.mail}
        data-chosen={chosen || undefined}
        aria-current={chosen || undefined}
      >
        <Group justify="space-between" gap="xs" wrap="nowrap">
          <Text component="span" size="sm" fw={600} truncate dir="auto" className="name-of">
            {mail.subject || t('outbox.noSubject')}
          </Text>
          <Text component="span" size="xs" c="dimmed" className={classes.time}>
            <When at={mail.at} place={place} />
          </Text>
        </Group>
        <Text component="span" size="sm" c="dimmed" truncate display="block">
          {t('outbox.to')} {mail.to.join(', ')}
        </Text>
      </Link>
    </li>
  )
}
