import { useEffect, useLayoutEffect, useState } from 'react'
import type { Automation } from '@/features/flow/document'
import { type Api, ask, type Schema } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { type Failure, Keeper, type SaveState } from './model/keeper'

/** The draft that is saved: none yet where the live automation was opened. */
export type DraftAt = { draftId?: string; revision?: string; originalId?: string }

const fields = ['OVERRIDE_SCHEMA', 'AS_STORED']

/** Keeps a draft of what is edited on the server, a moment after each change. */
export function useAutosave(api: Api, automation: Automation, at: DraftAt) {
  const [state, setState] = useState<SaveState>({ kind: 'saved' })
  const [keeper] = useState(
    () =>
      new Keeper<Automation, DraftAt>(automation, at, {
        write: (to, document) => keep(api, to, document),
        failure,
        onState: setState,
      }),
  )
  useLayoutEffect(() => keeper.take(automation), [keeper, automation])
  useEffect(() => {
    const warn = (e: BeforeUnloadEvent) => {
      if (!keeper.done) e.preventDefault()
    }
    addEventListener('beforeunload', warn)
    return () => {
      removeEventListener('beforeunload', warn)
      void keeper.flush()
    }
  }, [keeper])
  return { state, keeper }
}

function failure(thrown: unknown): Failure {
  const error = toApiError(thrown)
  if (error.code === 'DRAFT_CHANGED') return { kind: 'conflict' }
  return error.temporary ? { kind: 'offline' } : { kind: 'refused', error }
}

/** Writes the draft, which is made first where there is none, and returns it as it is now. */
async function keep(api: Api, at: DraftAt, automation: Automation): Promise<DraftAt> {
  let { draftId, revision } = at
  if (!draftId && at.originalId) {
    const made = await ask(
      api.POST(
        '/automations-service/v2/automations/drafts/get-or-create/original-automation-id/{originalAutomationId}',
        { params: { path: { originalAutomationId: at.originalId } }, body: {} },
      ),
    )
    draftId = made.automation.id
    revision = undefined
  }
  if (!draftId) {
    const made = await ask(
      api.POST('/automations-service/v2/automations/drafts', {
        body: { automation: written(automation), fields },
      }),
    )
    return { ...at, draftId: made.automation.id, revision: made.automation.revision }
  }
  const answer = await ask(
    api.PATCH('/automations-service/v2/automations/drafts/{automationId}', {
      params: { path: { automationId: draftId } },
      body: { automation: written(automation), fields, ...(revision ? { draftRevision: revision } : {}) },
    }),
  )
  return { ...at, draftId, revision: answer.automation.revision }
}

const serverOwn = [
  'id',
  'revision',
  'createdBy',
  'updatedBy',
  'createdDate',
  'updatedDate',
  'draftInfo',
  'preinstalledInfo',
]

/** The document without what is the server's own. */
export function written(automation: Automation): Schema<'PartialAutomation'> {
  const document: Record<string, unknown> = { ...automation }
  for (const name of serverOwn) delete document[name]
  if (!automation.name) delete document.name
  return document as Schema<'PartialAutomation'>
}
