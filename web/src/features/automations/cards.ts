import { type InfiniteData, infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { ask, type Schema, siteApi } from '@/lib/api/client'

export type Card = Schema<'AutomationCard'>
export type CardPage = Schema<'AutomationCardsResponse'>
export type Cards = InfiniteData<CardPage, unknown>

export const shows = ['ALL', 'ACTIVE', 'INACTIVE', 'DRAFT', 'PREINSTALLED'] as const
/** The first is the order where none is chosen: one in which nothing moves when its switch does. */
export const sorts = ['CREATED', 'UPDATED', 'NAME'] as const

/** What is looked for, and in what order. */
export type Look = { search: string; show: (typeof shows)[number]; sort: (typeof sorts)[number] }

/** Reads a look out of an address; what is not one is left out. */
export function lookOf(given: Record<string, unknown>): Partial<Look> {
  const look: Partial<Look> = {}
  if (typeof given.search === 'string' && given.search !== '') look.search = given.search.slice(0, 200)
  const show = shows.find((s) => s === given.show)
  if (show && show !== 'ALL') look.show = show
  const sort = sorts.find((s) => s === given.sort)
  if (sort && sort !== sorts[0]) look.sort = sort
  return look
}

export const cardsKey = (site: string) => ['automations', site, 'cards'] as const

/** The cards of a site, page by page. While another look is loaded, the last one stays. */
export function cardsQuery(site: string, look: Partial<Look>) {
  return infiniteQueryOptions({
    queryKey: [...cardsKey(site), look] as const,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      ask(
        siteApi(site).GET('/belay/v1/automation-cards', {
          params: { query: { sort: sorts[0], ...look, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.pagingMetadata.cursors.next,
    placeholderData: keepPreviousData,
  })
}
