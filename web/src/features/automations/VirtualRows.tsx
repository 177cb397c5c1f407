import { Box } from '@mantine/core'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ListProps } from './CardList'
import { CardRow } from './CardRow'
import classes from './list.module.css'

/** How many rows before the end the next page is asked for. */
const ahead = 40

/** Rows of thousands: those alone that are near what is seen are there. */
export function VirtualRows({ cards, picked, more, ...row }: ListProps) {
  const { t } = useTranslation('automations')
  const frame = useRef<HTMLDivElement>(null)
  const rows = useWindowVirtualizer({
    count: cards.length,
    estimateSize: () => 84,
    overscan: 8,
    getItemKey: (i) => cards[i]?.id ?? i,
    scrollMargin: frame.current?.offsetTop ?? 0,
  })
  const shown = rows.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => {
    if (more && last >= cards.length - ahead) more()
  }, [more, last, cards.length])
  return (
    <Box ref={frame}>
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
              <CardRow card={card} picked={picked.has(card.id)} {...row} />
            </Box>
          )
        })}
      </Box>
    </Box>
  )
}
