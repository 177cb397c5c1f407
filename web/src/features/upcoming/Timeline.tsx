import {
  ActionIcon,
  Badge,
  Box,
  Button,
  Card,
  Group,
  Menu,
  Skeleton,
  Stack,
  Text,
  Title,
  UnstyledButton,
} from '@mantine/core'
import {
  IconBan,
  IconCalendarOff,
  IconDotsVertical,
  IconPlayerPlay,
  IconPlayerSkipForward,
} from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { aboutOf } from '@/lib/about'
import { dayOf, formatClock, formatDay, formatRelative } from '@/lib/time'
import { Empty } from '@/ui/Empty'
import { Problem } from '@/ui/Problem'
import { useNow } from '@/ui/When'
import type { Asked } from './ActDialog'
import { byDay, type Day, type Look, narrowed, type Upcoming } from './model'
import { upcomingQuery } from './queries'
import classes from './upcoming.module.css'
import { doing, named } from './words'

type Props = {
  look: Look
  onOpen: (item: Upcoming) => void
  onAsk: (asked: Asked) => void
  onClear: () => void
}

/** What waits, day by day. */
export function Timeline({ look, onOpen, onAsk, onClear }: Props) {
  const { t } = useTranslation('upcoming')
  const { site, place } = useSite()
  const list = useInfiniteQuery(upcomingQuery(site, look, place.timeZone))
  if (list.isError && !list.data) return <Problem error={list.error} again={() => void list.refetch()} />
  if (!list.data) return <Waiting />
  const items = list.data.pages.flatMap((p) => p.upcoming)
  if (items.length === 0 && !list.hasNextPage) {
    return narrowed(look) ? (
      <Empty icon={<IconCalendarOff size={40} />} title={t('none.found')} text={t('none.foundText')}>
        <Button variant="default" onClick={onClear}>
          {t('filter.clear')}
        </Button>
      </Empty>
    ) : (
      <Empty icon={<IconCalendarOff size={40} />} title={t('none.title')} text={t('none.text')} />
    )
  }
  return (
    <Stack gap="lg" aria-busy={list.isFetching || undefined}>
      {byDay(items, place.timeZone).map((day) => (
        <DayGroup key={day.day} day={day} onOpen={onOpen} onAsk={onAsk} />
      ))}
      {list.hasNextPage && (
        <Button
          variant="default"
          mx="auto"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
    </Stack>
  )
}

function DayGroup({ day, onOpen, onAsk }: { day: Day; onOpen: Props['onOpen']; onAsk: Props['onAsk'] }) {
  const { t } = useTranslation('upcoming')
  const { place } = useSite()
  const now = useNow()
  const today = dayOf(now, place.timeZone)
  const tomorrow = dayOf(new Date(now.getTime() + 86_400_000), place.timeZone)
  const full = formatDay(new Date(`${day.day}T12:00:00Z`), { ...place, timeZone: 'UTC' })
  const near = day.day === today ? t('today') : day.day === tomorrow ? t('tomorrow') : undefined
  return (
    <section aria-labelledby={`day-${day.day}`}>
      <Title order={2} id={`day-${day.day}`} className={classes.day} size="h3">
        {near ? t('nearDay', { near, day: full }) : full}
      </Title>
      <Card withBorder p={0}>
        <ol className={classes.list}>
          {day.items.map((item) => (
            <li key={item.activationId} className={classes.item}>
              <Row item={item} now={now} onOpen={onOpen} onAsk={onAsk} />
            </li>
          ))}
        </ol>
      </Card>
    </section>
  )
}

type RowProps = { item: Upcoming; now: Date; onOpen: Props['onOpen']; onAsk: Props['onAsk'] }

function Row({ item, now, onOpen, onAsk }: RowProps) {
  const { t } = useTranslation('upcoming')
  const { place, editable } = useSite()
  const due = new Date(item.dueDate)
  return (
    <Group wrap="nowrap" gap={0} align="stretch">
      <UnstyledButton className={classes.open} onClick={() => onOpen(item)}>
        <Box className={classes.clock}>
          <Text fw={600} component="time" dateTime={item.dueDate}>
            {formatClock(due, place)}
          </Text>
          <Text size="xs" c="dimmed">
            {formatRelative(due, now, place.locale)}
          </Text>
        </Box>
        <Box miw={0} flex={1}>
          <Group gap="xs">
            <Text fw={550} td={item.leftOut ? 'line-through' : undefined} className={classes.words}>
              {named(t, item)}
            </Text>
            {item.leftOut && (
              <Badge color="gray" variant="light">
                {t('leftOut')}
              </Badge>
            )}
            {item.wait === 'RETRY' && (
              <Badge color="yellow" variant="light">
                {t('retry')}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" className={classes.words}>
            {[aboutOf(item) || item.triggerName, doing(t, item, place.locale)].filter(Boolean).join(' · ')}
          </Text>
        </Box>
      </UnstyledButton>
      {editable && <Acts item={item} onAsk={onAsk} />}
    </Group>
  )
}

function Acts({ item, onAsk }: { item: Upcoming; onAsk: Props['onAsk'] }) {
  const { t } = useTranslation('upcoming')
  const { place } = useSite()
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          m="xs"
          style={{ alignSelf: 'center' }}
          aria-label={t('acts', { what: doing(t, item, place.locale) })}
        >
          <IconDotsVertical size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => onAsk({ act: 'run', item })}>
          {t('run.act')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPlayerSkipForward size={16} />}
          disabled={item.leftOut}
          onClick={() => onAsk({ act: 'skip', item })}
        >
          {t('skip.act')}
        </Menu.Item>
        {item.externalEntityId && (
          <Menu.Item
            color="red"
            leftSection={<IconBan size={16} />}
            onClick={() => onAsk({ act: 'cancel', item })}
          >
            {t('cancelAll.menu')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

function Waiting() {
  return (
    <Stack gap="lg">
      {[3, 2].map((n) => (
        <div key={n}>
          <Skeleton h={20} w={220} mb="sm" />
          <Skeleton h={n * 68} radius="md" />
        </div>
      ))}
    </Stack>
  )
}
