import { describe, expect, test } from 'vitest'
import { ApiError } from '@/lib/api/error'
import { type Card, type Cards, lookOf } from './cards'
import {
  allCards,
  daysOf,
  forEach,
  reasonOf,
  switchable,
  together,
  weekOf,
  withCard,
  withoutCards,
} from './model'

const none = [0, 0, 0, 0, 0, 0, 0]
const card = (id: string, rest: Partial<Card> = {}): Card => ({
  id,
  name: id,
  status: 'ACTIVE',
  revision: '1',
  createdDate: '2030-01-01T00:00:00Z',
  updatedDate: '2030-01-01T00:00:00Z',
  digest: { roots: [], steps: [] },
  runs: { done: none, failed: none, canceled: none, skipped: none },
  ...rest,
})
const pages = (...lists: Card[][]): Cards => ({
  pageParams: lists.map(String),
  pages: lists.map((cards) => ({
    cards,
    days: [],
    timeZone: 'UTC',
    locale: 'en',
    counts: { all: 0, active: 0, inactive: 0, draft: 0, preinstalled: 0 },
    pagingMetadata: { count: cards.length, cursors: {}, hasNext: false },
  })),
})

describe('the pages of cards', () => {
  const data = pages([card('a'), card('b')], [card('c')])

  test('are one list', () => {
    expect(allCards(data).map((c) => c.id)).toEqual(['a', 'b', 'c'])
    expect(allCards(undefined)).toEqual([])
  })

  test('take a change of one card, and leave the other pages what they are', () => {
    const next = withCard(data, 'c', (c) => ({ ...c, status: 'INACTIVE' }))
    expect(allCards(next).map((c) => c.status)).toEqual(['ACTIVE', 'ACTIVE', 'INACTIVE'])
    expect(next.pages[0]).toBe(data.pages[0])
    expect(allCards(data)[2]?.status).toBe('ACTIVE')
  })

  test('lose what was deleted', () => {
    expect(allCards(withoutCards(data, new Set(['a', 'c']))).map((c) => c.id)).toEqual(['b'])
  })
})

test('a look is read out of an address, less what is no look or goes without saying', () => {
  expect(lookOf({ search: 'mail', show: 'DRAFT', sort: 'NAME', other: 1 })).toEqual({
    search: 'mail',
    show: 'DRAFT',
    sort: 'NAME',
  })
  expect(lookOf({ search: '', show: 'ALL', sort: 'CREATED' })).toEqual({})
  expect(lookOf({ search: 3, show: 'x', sort: null })).toEqual({})
})

test('a week is told by day and as a whole', () => {
  const runs = {
    done: [1, 0, 0, 0, 0, 0, 4],
    failed: [0, 2, 0, 0, 0, 0, 0],
    canceled: [0, 1, 0, 0, 0, 0, 0],
    skipped: [0, 0, 3, 0, 0, 0, 0],
  }
  expect(daysOf(runs).slice(0, 3)).toEqual([
    { done: 1, failed: 0, other: 0, total: 1 },
    { done: 0, failed: 2, other: 1, total: 3 },
    { done: 0, failed: 0, other: 3, total: 3 },
  ])
  expect(weekOf(runs)).toEqual({ done: 5, failed: 2, canceled: 1, skipped: 3, total: 11 })
})

test('a draft has no switch, nor has what an app locks', () => {
  expect(switchable(card('a'))).toBe(true)
  expect(switchable(card('a', { draft: true }))).toBe(false)
  expect(switchable(card('a', { locks: { noStatus: true } }))).toBe(false)
  expect(switchable(card('a', { locks: { noDelete: true } }))).toBe(true)
})

test.each([
  [new ApiError(409, 'ABORTED', 'entity has already changed'), 'conflict', 'entity has already changed'],
  [
    new ApiError(428, 'AUTOMATION_NOT_READY', 'cannot act', {
      violations: [{ field: 'f', description: 'has no trigger', violatedRule: 'REQUIRED' }],
    }),
    'notReady',
    'has no trigger',
  ],
  [new ApiError(403, 'STATUS_LOCKED', 'is locked'), 'denied', 'is locked'],
  [new TypeError('Failed to fetch'), 'temporary', 'Failed to fetch'],
  [new ApiError(400, 'X', 'is odd'), 'other', 'is odd'],
])('%s is a reason of the kind %s', (error, kind, reason) => {
  expect(reasonOf(error)).toEqual({ kind, reason })
})

test('many are done a few at a time, and each says what became of it', async () => {
  let abreast = 0
  let most = 0
  const seen: number[] = []
  const outcomes = await forEach(
    ['a', 'b', 'c', 'd', 'e'].map((id) => card(id)),
    async (c) => {
      most = Math.max(most, ++abreast)
      await Promise.resolve()
      abreast--
      if (c.id === 'c') throw new ApiError(409, 'ABORTED', 'changed')
    },
    (done) => seen.push(done),
    2,
  )
  expect(outcomes.map((o) => [o.card.id, o.error?.code])).toEqual([
    ['a', undefined],
    ['b', undefined],
    ['c', 'ABORTED'],
    ['d', undefined],
    ['e', undefined],
  ])
  expect(most).toBe(2)
  expect(seen).toEqual([1, 2, 3, 4, 5])
})

test('what is waiting adds up', () => {
  expect(
    together([
      { n: 3, more: false },
      { n: 100, more: true },
    ]),
  ).toEqual({ n: 103, more: true })
  expect(together([])).toEqual({ n: 0, more: false })
})
