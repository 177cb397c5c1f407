import { Box } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Place } from '@/lib/time'
import { CardRow, type RowActs, RowSkeleton } from './CardRow'
import type { Card } from './cards'
import classes from './list.module.css'

const VirtualRows = lazy(() => import('./VirtualRows').then((m) => ({ default: m.VirtualRows })))

export type ListProps = {
  cards: Card[]
  site: string
  place: Place
  editable: boolean
  picked: ReadonlySet<string>
  acts: RowActs
  /** Asks for the next page; left out where there is none. */
  more?: () => void
}

/** From how many rows on they are made as one scrolls. */
const many = 60

/** The rows. What makes long lists scroll without a stutter comes with long lists alone. */
export function CardList(props: ListProps) {
  const long = props.cards.length > many
  return (
    <Box className={classes.list}>
      {long ? (
        <Suspense fallback={<PlainRows {...props} cards={props.cards.slice(0, many)} />}>
          <VirtualRows {...props} />
        </Suspense>
      ) : (
        <PlainRows {...props} />
      )}
    </Box>
  )
}

function PlainRows({ cards, picked, more: _, ...row }: ListProps) {
  const { t } = useTranslation('automations')
  return (
    <Box component="ul" className={classes.rows} aria-label={t('list')}>
      {cards.map((card) => (
        <li key={card.id}>
          <CardRow card={card} picked={picked.has(card.id)} {...row} />
        </li>
      ))}
    </Box>
  )
}

/** The list before it is there. */
export function ListSkeleton() {
  return (
    <Box className={classes.list}>
      {[1, 2, 3, 4, 5, 6].map((n) => (
        <RowSkeleton key={n} />
      ))}
    </Box>
  )
}
