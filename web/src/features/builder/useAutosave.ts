import { useCallback, useEffect, useRef, useState } from 'react'
import type { Automation } from '@/features/flow/document'
import { type Api, ask, type Schema } from '@/lib/api/client'
import { type ApiError, toApiError } from '@/lib/api/error'

/** What has become of the latest changes. */
export type SaveState =
  | { kind: 'saved' | 'dirty' | 'saving' | 'offline' | 'conflict' }
  | { kind: 'refused'; error: ApiError }

/** The draft that is saved: none yet where the live automation was opened. */
export type DraftAt = { draftId?: string; revision?: string; originalId?: string }

const pause = 700
const again = 4000
const fields = ['OVERRIDE_SCHEMA', 'AS_STORED']

/** Keeps a draft of what is edited on the server, a moment after each change. */
export function useAutosave(api: Api, automation: Automation, at: DraftAt) {
  const [state, setState] = useState<SaveState>({ kind: 'saved' })
  const draft = useRef<DraftAt>(at)
  const latest = useRef(automation)
  const saved = useRef(automation)
  const running = useRef<Promise<void> | undefined>(undefined)
  latest.current = automation

  const save = useCallback(async () => {
    while (latest.current !== saved.current) {
      const sent = latest.current
      setState({ kind: 'saving' })
      try {
        draft.current = await keep(api, draft.current, sent)
        saved.current = sent
        setState({ kind: 'saved' })
      } catch (thrown) {
        const error = toApiError(thrown)
        if (error.code === 'DRAFT_CHANGED') setState({ kind: 'conflict' })
        else if (error.temporary) setState({ kind: 'offline' })
        else setState({ kind: 'refused', error })
        return
      }
    }
  }, [api])

  /** Saves what there is to save now, and says whether all is saved. */
  const flush = useCallback(async () => {
    await running.current
    running.current = save()
    await running.current
    running.current = undefined
    return latest.current === saved.current
  }, [save])

  const kind = state.kind
  useEffect(() => {
    if (automation === saved.current || kind === 'conflict') return
    if (kind === 'saved') setState({ kind: 'dirty' })
    const timer = setTimeout(() => void flush(), kind === 'offline' ? again : pause)
    return () => clearTimeout(timer)
  }, [automation, kind, flush])

  useEffect(() => {
    const warn = (e: BeforeUnloadEvent) => {
      if (latest.current !== saved.current) e.preventDefault()
    }
    addEventListener('beforeunload', warn)
    return () => {
      removeEventListener('beforeunload', warn)
      void flush()
    }
  }, [flush])

  return {
    state,
    flush,
    /** Which draft there is now. */
    draftAt: () => draft.current,
    /** Makes what is here be the draft, whatever somebody else has made of it. */
    overwrite: useCallback(async () => {
      draft.current = { ...draft.current, revision: undefined }
      setState({ kind: 'dirty' })
      await flush()
    }, [flush]),
    /** Takes what is here as what the server has. */
    settle: useCallback((next: Automation, where: DraftAt) => {
      draft.current = where
      latest.current = next
      saved.current = next
      setState({ kind: 'saved' })
    }, []),
  }
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
