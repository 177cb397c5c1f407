import { type Api, ask, type Schema } from '@/lib/api/client'
import type { Card } from './cards'
import { together, type Waiting } from './model'

// What can be done to automations, each as one or a few calls. They throw ApiError.

type Automation = Schema<'UpdateAutomationRequest'>['automation']

/** Switches an automation on or off, if it is still as it was read; returns its new revision. */
export async function setStatus(api: Api, card: Card, status: Card['status']): Promise<string> {
  // The mask says that nothing but the status is meant.
  const automation = { revision: card.revision, configuration: { status } } as unknown as Automation
  const answer = await ask(
    api.PATCH('/v2/automations/{automationId}', {
      params: { path: { automationId: card.id } },
      body: { automation, fieldMask: 'configuration.status' },
    }),
  )
  return answer.automation.revision ?? card.revision
}

/** Deletes an automation, or a draft of a new one. */
export async function remove(api: Api, card: Card): Promise<void> {
  if (card.draft) {
    await ask(
      api.DELETE('/v2/automations/drafts/{automationId}', { params: { path: { automationId: card.id } } }),
    )
    return
  }
  await ask(api.DELETE('/v2/automations/{automationId}', { params: { path: { automationId: card.id } } }))
}

/** Makes a draft of a new automation that says what another does; returns its ID. */
export async function duplicate(api: Api, card: Card, name: string): Promise<string> {
  const copy = await ask(
    api.POST('/v2/automations/{automationId}/copy', {
      params: { path: { automationId: card.id } },
      body: { automation: { name } },
    }),
  )
  const draft = await ask(
    api.POST('/v2/automations/drafts', { body: { automation: copy.automation as object } }),
  )
  return draft.automation.id ?? ''
}

/** How many are asked for to be counted. */
const counted = 500

/** How many runs of an automation have not ended, and would be called off with it. */
export async function waitingRuns(api: Api, card: Card): Promise<Waiting> {
  if (card.draft) return { n: 0, more: false }
  const count = async (status: 'SCHEDULED' | 'STARTED') => {
    const page = await ask(
      api.GET('/belay/v1/activations', {
        params: { query: { automationId: card.id, status, limit: counted } },
      }),
    )
    return { n: page.activations.length, more: page.pagingMetadata.hasNext }
  }
  return together(await Promise.all([count('SCHEDULED'), count('STARTED')]))
}
