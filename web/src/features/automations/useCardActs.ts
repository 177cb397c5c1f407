import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { notify } from '@/ui/notify'
import { duplicate, remove, setStatus } from './acts'
import { type Card, type Cards, cardsKey } from './cards'
import { forEach, type Outcome, reasonOf, withCard, withoutCards } from './model'

// Switches that were moved and not yet answered.
let underWay = 0

/** Whether what the server says now may be older than what the list shows. */
export function switching(): boolean {
  return underWay > 0
}

/** What can be done to cards, with the list changed at once, and back where it was refused. */
export function useCardActs() {
  const { t } = useTranslation('automations')
  const { site, api } = useSite()
  const queries = useQueryClient()
  const navigate = useNavigate()

  const change = useCallback(
    (edit: (data: Cards) => Cards) =>
      queries.setQueriesData<Cards>({ queryKey: cardsKey(site) }, (data) => data && edit(data)),
    [queries, site],
  )
  const refresh = useCallback(() => queries.invalidateQueries({ queryKey: cardsKey(site) }), [queries, site])

  /** Says why something stays as it was. */
  const say = useCallback(
    (card: Card, thrown: unknown) => {
      const { kind, reason } = reasonOf(thrown)
      void notify({
        color: 'red',
        title: t('problem.title'),
        message: t(`problem.${kind}`, { name: card.name || t('unnamed'), reason }),
        autoClose: 10_000,
      })
    },
    [t],
  )

  const put = useCallback(
    async (card: Card, status: Card['status']) => {
      underWay++
      // What is on its way would overwrite the switch with what it was.
      await queries.cancelQueries({ queryKey: cardsKey(site) })
      change((data) => withCard(data, card.id, (c) => ({ ...c, status })))
      try {
        const revision = await setStatus(api, card, status)
        change((data) => withCard(data, card.id, (c) => ({ ...c, status, revision })))
      } catch (thrown) {
        change((data) => withCard(data, card.id, (c) => ({ ...c, status: card.status })))
        throw thrown
      } finally {
        underWay--
      }
    },
    [api, change, queries, site],
  )

  const switchTo = useCallback(
    async (card: Card, on: boolean) => {
      try {
        await put(card, on ? 'ACTIVE' : 'INACTIVE')
      } catch (thrown) {
        say(card, thrown)
      } finally {
        void refresh()
      }
    },
    [put, refresh, say],
  )

  const copy = useCallback(
    async (card: Card) => {
      try {
        const id = await duplicate(api, card, t('copyOf', { name: card.name || t('unnamed') }))
        void refresh()
        await navigate({ to: `/s/${site}/automations/${id}` as string })
      } catch (thrown) {
        say(card, thrown)
      }
    },
    [api, navigate, refresh, say, site, t],
  )

  const forAll = useCallback(
    async (cards: Card[], what: Many, progress: (done: number) => void): Promise<Outcome[]> => {
      const act = {
        on: (card: Card) => put(card, 'ACTIVE'),
        off: (card: Card) => put(card, 'INACTIVE'),
        delete: (card: Card) => remove(api, card),
      }[what]
      const outcomes = await forEach(cards, act, progress)
      if (what === 'delete') {
        const gone = new Set(outcomes.flatMap((o) => (o.error ? [] : [o.card.id])))
        change((data) => withoutCards(data, gone))
      }
      void refresh()
      return outcomes
    },
    [api, change, put, refresh],
  )

  return { switchTo, copy, forAll, say, refresh }
}

/** What can be done to many at once. */
export type Many = 'on' | 'off' | 'delete'
