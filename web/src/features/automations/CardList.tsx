import { Box } from '@mantine/core'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Place } from '@/lib/time'
import { CardRow, type RowActs, RowSkeleton } from './CardRow'
import type { Card } from './cards'
import classes from './list.module.css'

type Props = {
  cards: Card[]
  site: string
  place: Place
  editable: boolean
  picked: ReadonlySet<string>
  acts: RowActs
  /** Asks for the next page; left out where there is none. */
  more?: () => void
}

/** How many rows before the end the next page is asked for. */
const ahead = 40

/** The rows; of thousands, those alone that are near what is seen are there. */
export function CardList({ cards, site, place, editable, picked, acts, more }: Props) {
  const { t } = useTranslation('automations')
  const frame = useRef<HTMLDivElement>(null)
  const rows = useWindowVirtualizer({
    count: cards.length,
    estimateSize: () => 84,
    overscan: 6,
    getItemKey: (i) => cards[i]?.id ?? i,
    scrollMargin: frame.current?.offsetTop ?? 0,
  })
  const shown = rows.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => {
    if (more && last >= cards.length - ahead) more()
  }, [more, last, cards.length])
  return (
    <Box className={classes.list} ref={frame}>
      <Box component="ul" className={classes.rows} h={rows.getTotalSize()} aria-label={t('list')}>
        {shown.map(({ key, index, start }) => {
          const card = cards[index]
          if (!card) return null
          return (
            <Box
              component="li"
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-setsize={cards.length}
              aria-posinset={index + 1}
              className={classes.place}
              style={{ transform: `translateY(${start - rows.options.scrollMargin}px)` }}
            >
              <CardRow
                card={card}
                site={site}
                place={place}
                editable={editable}
                picked={picked.has(card.id)}
                acts={acts}
              />
            </Box>
          )
        })}
      </Box>
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
