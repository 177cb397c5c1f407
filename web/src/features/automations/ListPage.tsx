import { Button, Group, Text } from '@mantine/core'
import { IconPlus, IconTemplate } from '@tabler/icons-react'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '@/app/useLive'
import { useSite } from '@/app/useSite'
import { notify } from '@/ui/notify'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { waitingRuns } from './acts'
import { BulkBar } from './BulkBar'
import { CardList, ListSkeleton } from './CardList'
import type { RowActs } from './CardRow'
import { type Card, cardsKey, cardsQuery, type Look, lookOf } from './cards'
import { NothingFound, Start } from './Empties'
import { allCards, type Outcome, switchable } from './model'
import { Toolbar } from './Toolbar'
import { type Many, switching, useCardActs } from './useCardActs'

// What is seen after a click alone comes with the click.
const LossConfirm = lazy(() => import('./LossConfirm').then((m) => ({ default: m.LossConfirm })))
const BulkSummary = lazy(() => import('./BulkSummary').then((m) => ({ default: m.BulkSummary })))
const Revisions = lazy(() => import('./Revisions').then((m) => ({ default: m.Revisions })))

export const listPage = createLazyRoute('/signed/s/$site/automations')({ component: ListPage })

type Dialog =
  | { kind: 'loss'; what: 'delete' | 'off'; cards: Card[] }
  | { kind: 'summary'; what: Many; outcomes: Outcome[] }
  | { kind: 'revisions'; card: Card }

function ListPage() {
  const { t } = useTranslation('automations')
  const { site, api, place, editable } = useSite()
  const look = lookOf(listPage.useSearch())
  const navigate = useNavigate()
  const query = useInfiniteQuery(cardsQuery(site, look))
  const cards = useMemo(() => allCards(query.data), [query.data])
  const counts = query.data?.pages[0]?.counts
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const [dialog, setDialog] = useState<Dialog>()
  const [done, setDone] = useState<number>()
  const act = useCardActs()
  const queries = useQueryClient()

  useLive({ site, kinds: ['automation'], keys: [cardsKey(site)], concerns: () => !switching() })

  const setLook = (next: Partial<Look>) => {
    setPicked(new Set())
    void navigate({ to: '.', search: lookOf(next), replace: true })
  }

  const shown = useRef(cards)
  shown.current = cards
  const lastPick = useRef<string>(undefined)
  const acts: RowActs = useMemo(
    () => ({
      onPick: (card, on, range) => {
        const ids = shown.current.map((c) => c.id)
        const to = ids.indexOf(card.id)
        const from = range && lastPick.current ? ids.indexOf(lastPick.current) : -1
        const those = from < 0 ? [card.id] : ids.slice(Math.min(from, to), Math.max(from, to) + 1)
        lastPick.current = card.id
        setPicked((old) => {
          const next = new Set(old)
          for (const id of those) on ? next.add(id) : next.delete(id)
          return next
        })
      },
      onSwitch: async (card, on) => {
        if (on) return void act.switchTo(card, true)
        // Runs that wait are lost with the switch: then it asks first.
        const waiting = await queries
          .fetchQuery({
            queryKey: ['automations', site, 'waiting', [card.id]],
            queryFn: () => waitingRuns(api, card),
            staleTime: 0,
            retry: false,
          })
          .catch((thrown: unknown) => void act.say(card, thrown))
        if (!waiting) return
        if (waiting.n > 0) setDialog({ kind: 'loss', what: 'off', cards: [card] })
        else void act.switchTo(card, false)
      },
      onDuplicate: (card) => void act.copy(card),
      onRevisions: (card) => setDialog({ kind: 'revisions', card }),
      onDelete: (card) => setDialog({ kind: 'loss', what: 'delete', cards: [card] }),
    }),
    [act.switchTo, act.copy, act.say, api, queries, site],
  )

  async function carryOut(what: Many, chosen: Card[]) {
    setDone(0)
    const outcomes = await act.forAll(chosen, what, setDone)
    setDone(undefined)
    setDialog(undefined)
    setPicked(new Set(outcomes.flatMap((o) => (o.error && what !== 'delete' ? [o.card.id] : []))))
    if (outcomes.some((o) => o.error)) {
      const first = outcomes[0]
      if (outcomes.length === 1 && first?.error) act.say(first.card, first.error)
      else setDialog({ kind: 'summary', what, outcomes })
      return
    }
    const said = { on: 'bulk.doneOn', off: 'bulk.doneOff', delete: 'bulk.doneDelete' } as const
    void notify({ message: t(said[what], { count: outcomes.length }) })
  }

  function bulk(what: Many) {
    const chosen = cards.filter((c) => picked.has(c.id))
    if (what === 'delete') return setDialog({ kind: 'loss', what, cards: chosen })
    const drafts = chosen.filter((c) => c.draft).length
    if (drafts > 0) void notify({ color: 'yellow', message: t('bulk.drafts', { count: drafts }) })
    const status = what === 'on' ? 'ACTIVE' : 'INACTIVE'
    const those = chosen.filter((c) => !c.draft && (switchable(c) ? c.status !== status : true))
    if (those.length === 0) return setPicked(new Set())
    if (what === 'off') return setDialog({ kind: 'loss', what, cards: those })
    void carryOut(what, those)
  }

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])

  const nothingYet = counts?.all === 0
  return (
    <Page
      title={t('title')}
      about={t('about')}
      actions={
        editable && (
          <>
            <Button
              component={Link}
              to={`/s/${site}/templates` as string}
              variant="default"
              leftSection={<IconTemplate size={16} />}
            >
              {t('templates')}
            </Button>
            <Button
              component={Link}
              to={`/s/${site}/automations/new` as string}
              leftSection={<IconPlus size={16} />}
            >
              {t('new')}
            </Button>
          </>
        )
      }
    >
      {!nothingYet && <Toolbar look={look} counts={counts} onLook={setLook} locale={place.locale} />}
      {content()}
      {picked.size > 0 && (
        <BulkBar count={picked.size} done={done} onAct={bulk} onClear={() => setPicked(new Set())} />
      )}
      <Suspense>{dialog && dialogOf(dialog)}</Suspense>
    </Page>
  )

  function content() {
    if (query.isPending) return <ListSkeleton />
    if (query.isError && cards.length === 0)
      return <Problem error={query.error} again={() => void query.refetch()} />
    if (nothingYet) return <Start site={site} editable={editable} />
    if (cards.length === 0) return <NothingFound onClear={() => setLook({})} />
    return (
      <>
        <CardList
          cards={cards}
          site={site}
          place={place}
          editable={editable}
          picked={picked}
          acts={acts}
          {...(hasNextPage ? { more } : {})}
        />
        <Group justify="center" mt="md">
          <Text size="xs" c="dimmed" role="status" className="figures">
            {hasNextPage ? t('foundMore', { n: cards.length }) : t('found', { count: cards.length })}
          </Text>
        </Group>
      </>
    )
  }

  function dialogOf(d: Dialog) {
    const close = () => setDialog(undefined)
    if (d.kind === 'summary') return <BulkSummary what={d.what} outcomes={d.outcomes} onClose={close} />
    if (d.kind === 'revisions')
      return <Revisions card={d.card} editable={editable} onRestored={act.refresh} onClose={close} />
    return (
      <LossConfirm
        what={d.what}
        cards={d.cards}
        busy={done !== undefined}
        onConfirm={() => void carryOut(d.what, d.cards)}
        onClose={close}
      />
    )
  }
}
