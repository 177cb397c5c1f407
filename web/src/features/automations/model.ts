import { type ApiError, toApiError } from '@/lib/api/error'
import type { Card, Cards } from './cards'

/** All cards of the pages that were loaded. */
export function allCards(data: Cards | undefined): Card[] {
  return data?.pages.flatMap((p) => p.cards) ?? []
}

/** The same pages with a card changed. */
export function withCard(data: Cards, id: string, change: (card: Card) => Card): Cards {
  return {
    ...data,
    pages: data.pages.map((p) =>
      p.cards.some((c) => c.id === id)
        ? { ...p, cards: p.cards.map((c) => (c.id === id ? change(c) : c)) }
        : p,
    ),
  }
}

/** The same pages without some cards. */
export function withoutCards(data: Cards, ids: ReadonlySet<string>): Cards {
  return { ...data, pages: data.pages.map((p) => ({ ...p, cards: p.cards.filter((c) => !ids.has(c.id)) })) }
}

/** Cards by the name of the app that they came with, in the order of the cards. */
export function byApp(cards: Card[]): [app: string, cards: Card[]][] {
  const apps = new Map<string, Card[]>()
  for (const card of cards) {
    const app = card.preinstalled?.name ?? ''
    apps.set(app, [...(apps.get(app) ?? []), card])
  }
  return [...apps]
}

export type Day = { done: number; failed: number; other: number; total: number }

/** The seven days of a card, as they are drawn. */
export function daysOf(runs: Card['runs']): Day[] {
  return runs.done.map((done, i) => {
    const failed = runs.failed[i] ?? 0
    const other = (runs.canceled[i] ?? 0) + (runs.skipped[i] ?? 0)
    return { done, failed, other, total: done + failed + other }
  })
}

/** The week of a card in four figures. */
export function weekOf(runs: Card['runs']) {
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0)
  const week = {
    done: sum(runs.done),
    failed: sum(runs.failed),
    canceled: sum(runs.canceled),
    skipped: sum(runs.skipped),
  }
  return { ...week, total: week.done + week.failed + week.canceled + week.skipped }
}

/** Whether a card's switch can be moved. */
export function switchable(card: Card): boolean {
  return !card.draft && !card.locks?.noStatus
}

/** Why something stays as it was, in kinds that a person can act upon. */
export function reasonOf(thrown: unknown): {
  kind: 'conflict' | 'notReady' | 'denied' | 'temporary' | 'other'
  reason: string
} {
  const e = toApiError(thrown)
  const reason = e.violations[0]?.description ?? e.message
  if (e.status === 409) return { kind: 'conflict', reason }
  if (e.code === 'AUTOMATION_NOT_READY') return { kind: 'notReady', reason }
  if (e.status === 403) return { kind: 'denied', reason: e.message }
  if (e.temporary) return { kind: 'temporary', reason }
  return { kind: 'other', reason }
}

/** What became of one of many. */
export type Outcome = { card: Card; error?: ApiError }

/** Does something for each of many, a few at a time, and says what became of each, in their order. */
export async function forEach(
  cards: Card[],
  act: (card: Card) => Promise<void>,
  progress: (done: number) => void,
  abreast = 4,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = cards.map((card) => ({ card }))
  let next = 0
  let done = 0
  const worker = async () => {
    for (let i = next++; i < cards.length; i = next++) {
      const outcome = outcomes[i]
      if (!outcome) return
      try {
        await act(outcome.card)
      } catch (thrown) {
        outcome.error = toApiError(thrown)
      }
      progress(++done)
    }
  }
  await Promise.all(Array.from({ length: Math.min(abreast, cards.length) }, worker))
  return outcomes
}

/** How many runs are waiting; more says that there are more than n. */
export type Waiting = { n: number; more: boolean }

export function together(list: Waiting[]): Waiting {
  return { n: list.reduce((sum, w) => sum + w.n, 0), more: list.some((w) => w.more) }
}
