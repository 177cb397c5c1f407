import type { AuditEntry } from '../queries'

/** A sentence of the audit log: a text below "act" and "kind", and what stands in it. */
export type Sentence = {
  act:
    | 'created'
    | 'changed'
    | 'deleted'
    | 'on'
    | 'off'
    | 'canceled'
    | 'canceledNothing'
    | 'signedIn'
    | 'refused'
    | 'signedOut'
  kind: AuditEntry['kind']
  /** What the thing is called, its ID where it has no name. */
  thing: string
  canceled: number
}

const acts: Record<AuditEntry['operation'], Sentence['act']> = {
  CREATED: 'created',
  CHANGED: 'changed',
  DELETED: 'deleted',
  SWITCHED_ON: 'on',
  SWITCHED_OFF: 'off',
  CANCELED: 'canceled',
  SIGNED_IN: 'signedIn',
  SIGN_IN_REFUSED: 'refused',
  SIGNED_OUT: 'signedOut',
}

export function sentenceOf(entry: AuditEntry): Sentence {
  const canceled = entry.cancel?.canceled ?? 0
  const act = acts[entry.operation]
  return {
    act: act === 'canceled' && canceled === 0 ? 'canceledNothing' : act,
    kind: entry.kind,
    thing: entry.name || entry.cancel?.triggerKey || entry.thing || '',
    canceled,
  }
}

/** Who did it: a name, else the end of the key, else the app; '' where Belay did. */
export function actorOf({ by }: AuditEntry): string {
  return by.name || (by.keyHint && `…${by.keyHint}`) || by.userId || by.appId || ''
}

/** Whether the two revisions of the thing can be laid beside each other. */
export function comparable(entry: AuditEntry): boolean {
  return (
    entry.kind === 'AUTOMATION' &&
    !!entry.siteId &&
    !!entry.revision &&
    !!entry.previousRevision &&
    !!entry.thing
  )
}

export type Difference = { path: string; was: string | undefined; is: string | undefined }

/** Where two values differ, leaf by leaf, in the order of their paths. */
export function differences(was: unknown, is: unknown, path = ''): Difference[] {
  const [a, b] = [children(was), children(is)]
  if (!a || !b) {
    const [from, to] = [told(was), told(is)]
    return from === to ? [] : [{ path, was: from, is: to }]
  }
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  return keys
    .filter((key) => path !== '' || !kept.has(key))
    .flatMap((key) => differences(a[key], b[key], path === '' ? key : `${path}.${key}`))
}

/** What the server sets by itself. */
const kept = new Set(['revision', 'updatedDate', 'updatedBy', 'createdDate', 'createdBy', 'id'])

function children(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return value as Record<string, unknown>
}

function told(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
