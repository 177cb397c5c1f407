import { Button, Center, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { aboutOf } from '@/lib/about'
import { formatRelative, type Place } from '@/lib/time'
import { useNow, When } from '@/ui/When'
import type { RunRow } from './queries'
import classes from './runs.module.css'
import { StateIcon } from './StateBadge'
import { remark, standing } from './words'

type Props = { runs: RunRow[]; more: boolean; loading: boolean; onMore: () => void }

const rowHeight = 80

/** Runs as rows; only those in sight are on the page. More are asked for when the end comes near. */
export function RunsList({ runs, more, loading, onMore }: Props) {
  const { t } = useTranslation('runs')
  const { site, place } = useSite()
  const now = useNow()
  const list = useRef<HTMLUListElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), [])
  const rows = useWindowVirtualizer({
    count: runs.length,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (i) => runs[i]?.id ?? i,
  })
  const items = rows.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (more && !loading && last >= runs.length - 5) onMore()
  }, [more, loading, last, runs.length, onMore])
  return (
    <>
      <ul ref={list} className={classes.list} style={{ height: rows.getTotalSize() }} aria-label={t('list')}>
        {items.map((item) => {
          const run = runs[item.index]
          if (!run) return null
          return (
            <li
              key={run.id}
              className={classes.item}
              style={{ transform: `translateY(${item.start - top}px)`, height: rowHeight }}
              aria-setsize={more ? -1 : runs.length}
              aria-posinset={item.index + 1}
            >
              <Row run={run} site={site} place={place} now={now} />
            </li>
          )
        })}
      </ul>
      {more && (
        <Center py="md">
          <Button variant="subtle" loading={loading} onClick={onMore}>
            {t('none.more')}
          </Button>
        </Center>
      )}
    </>
  )
}

function Row({ run, site, place, now }: { run: RunRow; site: string; place: Place; now: Date }) {
  const { t } = useTranslation('runs')
  const cause = run.cause === 'EVENT' ? undefined : t(`causes.${run.cause}`)
  const about = [aboutOf(run), cause].filter(Boolean).join(' · ')
  return (
    <Link to="/s/$site/runs/$id" params={{ site, id: run.id }} className={classes.row}>
      <StateIcon run={run} />
      <span className={classes.main}>
        <Text component="span" fw={600} truncate dir="auto" className="name-of">
          {run.automationName ?? t('goneAutomation')}
        </Text>
        <Text component="span" size="sm" c="dimmed" truncate>
          {about || run.triggerName}
        </Text>
        <Text component="span" size="sm" c="dimmed" truncate className={classes.narrow}>
          {standing(t, run)} ·{' '}
          {formatRelative(new Date(run.startedDate ?? run.initiatedDate), now, place.locale)}
        </Text>
      </span>
      <span className={classes.side}>
        <Text component="span" size="sm" fw={500}>
          {standing(t, run)}
        </Text>
        <Text component="span" size="sm" c="dimmed" lineClamp={1} title={remark(t, run, now, place)}>
          {remark(t, run, now, place)}
        </Text>
      </span>
      <Text component="span" size="sm" c="dimmed" className={classes.time}>
        <When at={run.startedDate ?? run.initiatedDate} place={place} />
      </Text>
    </Link>
  )
}
