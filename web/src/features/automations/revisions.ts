import { type Api, ask, type Schema } from '@/lib/api/client'
import type { Card } from './cards'

export type Version = Schema<'Automation'>

/** How many versions are asked for at a time. */
export const page = 8

/** The numbers of the versions of a page, newest first. */
export function numbersOf(newest: number, from: number): number[] {
  const first = newest - from
  return Array.from({ length: Math.max(0, Math.min(page, first)) }, (_, i) => first - i)
}

/** One version; undefined where there is none of that number on this site. */
export async function version(api: Api, card: Card, revision: number): Promise<Version | undefined> {
  try {
    const answer = await ask(
      api.GET('/v1/automation-revisions/{automationId}', {
        params: {
          path: { automationId: card.id },
          query: { revision: String(revision), fields: ['OVERRIDE_SCHEMA'] },
        },
      }),
    )
    return answer.automation
  } catch (thrown) {
    if ((thrown as { status?: number }).status === 404) return undefined
    throw thrown
  }
}

/** Makes an automation what it was, if it is still as it was read. */
export async function restore(api: Api, card: Card, version: Version): Promise<void> {
  const now = await ask(
    api.GET('/v2/automations/{automationId}', { params: { path: { automationId: card.id } } }),
  )
  await ask(
    api.PATCH('/v2/automations/{automationId}', {
      params: { path: { automationId: card.id } },
      // Whether it is on is no part of what it does: that stays.
      body: {
        automation: {
          ...version,
          revision: card.revision,
          configuration: { ...version.configuration, status: now.automation.configuration.status },
        },
        fieldMask: 'name,description,configuration',
      },
    }),
  )
}
