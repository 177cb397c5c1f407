import { Badge, Box, Checkbox, Group, Switch, Text } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Place } from '@/lib/time'
import { useNow } from '@/ui/When'
import type { Card } from './cards'
import classes from './list.module.css'
import { switchable } from './model'
import { soon } from './next'
import { OnDemandMenu } from './OnDemandMenu'
import { Sentence } from './Sentence'
import { Sparkline } from './Sparkline'

export type RowActs = {
  onPick: (card: Card, picked: boolean, range: boolean) => void
  onSwitch: (card: Card, on: boolean) => void
  onDuplicate: (card: Card) => void
  onRevisions: (card: Card) => void
  onDelete: (card: Card) => void
}

type Props = { card: Card; site: string; place: Place; editable: boolean; picked: boolean; acts: RowActs }

/** One automation: what it is called and does, its last week, its switch, what else can be done. */
export const CardRow = memo(function CardRow({ card, site, place, editable, picked, acts }: Props) {
  const { t } = useTranslation('automations')
  const name = card.name || t('unnamed')
  return (
    <Box className={classes.row} data-picked={picked || undefined}>
      <Box className={classes.pick}>
        {editable && (
          <Checkbox
            checked={picked}
            aria-label={t('select', { name })}
            onChange={(e) =>
              acts.onPick(card, e.currentTarget.checked, (e.nativeEvent as MouseEvent).shiftKey === true)
            }
          />
        )}
      </Box>
      <Box className={classes.main}>
        <Box className={classes.title}>
          <Link
            to={`/s/${site}/automations/${card.id}` as string}
            className={`${classes.name} name-of`}
            dir="auto"
          >
            {name}
          </Link>
          <Badges card={card} />
        </Box>
        <Sentence digest={card.digest} place={place} lineClamp={3} />
        {card.nextDate && <Next at={card.nextDate} place={place} />}
      </Box>
      <Sparkline runs={card.runs} locale={place.locale} />
      <Box className={classes.switch}>
        <StatusSwitch card={card} name={name} editable={editable} onSwitch={acts.onSwitch} />
      </Box>
      <Box className={classes.menu}>
        <OnDemandMenu card={card} name={name} site={site} editable={editable} acts={acts} />
      </Box>
    </Box>
  )
})

function Next({ at, place }: { at: string; place: Place }) {
  const { t } = useTranslation('automations')
  const now = useNow()
  const date = new Date(at)
  return (
    <Group gap={5} mt={4} wrap="nowrap" c="dimmed">
      <IconClock size={14} stroke={1.7} aria-hidden />
      <Text component="time" dateTime={at} size="xs">
        {t('next', soon(date, now, place))}
      </Text>
    </Group>
  )
}

function Badges({ card }: { card: Card }) {
  const { t } = useTranslation('automations')
  const app = card.preinstalled
  return (
    <>
      {card.draft && (
        <Badge size="sm" variant="light" color="gray" tt="none">
          {t('draft')}
        </Badge>
      )}
      {card.unpublished && (
        <Badge size="sm" variant="light" color="yellow" tt="none">
          {t('unpublished')}
        </Badge>
      )}
      {app && (
        <Badge size="sm" variant="default" tt="none" fw={500} dir="auto">
          {t(app.override ? 'changedCopy' : 'fromApp', { app: app.name })}
        </Badge>
      )}
    </>
  )
}

type SwitchProps = { card: Card; name: string; editable: boolean; onSwitch: RowActs['onSwitch'] }

function StatusSwitch({ card, name, editable, onSwitch }: SwitchProps) {
  const { t } = useTranslation('automations')
  const on = card.status === 'ACTIVE'
  if (card.draft) return null
  if (!editable) {
    return (
      <Text size="sm" c={on ? undefined : 'dimmed'} fw={550}>
        {t(on ? 'on' : 'off')}
      </Text>
    )
  }
  const free = switchable(card)
  return (
    <Switch
      size="md"
      checked={on}
      aria-label={free ? t('switch', { name }) : `${t('switch', { name })}. ${t('locked')}`}
      title={free ? undefined : t('locked')}
      // A locked switch stays in the order of the keyboard, so that it can say why.
      aria-disabled={!free || undefined}
      styles={free ? undefined : { track: { opacity: 0.5, cursor: 'not-allowed' } }}
      onChange={(e) => free && onSwitch(card, e.currentTarget.checked)}
    />
  )
}

/** What a row looks like before it is there, of the same height. */
export function RowSkeleton() {
  return (
    <Box className={classes.row} aria-hidden>
      <Box className={classes.pick} w={20} />
      <Box className={classes.main}>
        <Group gap={8} mb={8}>
          <Bone w="38%" h={14} />
        </Group>
        <Bone w="82%" h={12} />
      </Box>
      <Box className={classes.week}>
        <Bone w={94} h={28} />
      </Box>
      <Box className={classes.switch}>
        <Bone w={46} h={24} round />
      </Box>
      <Box className={classes.menu} w={34} />
    </Box>
  )
}

function Bone({ w, h, round }: { w: number | string; h: number; round?: boolean }) {
  return (
    <Box
      w={w}
      h={h}
      bg="light-dark(var(--mantine-color-gray-2), var(--mantine-color-dark-5))"
      bdrs={round ? 'xl' : 'sm'}
    />
  )
}
