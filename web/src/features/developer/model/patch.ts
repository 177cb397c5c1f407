/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** One act of a JSON Patch (RFC 6902), of those that fixes of schemas are made of. */
export type PatchAct = {
  op: 'add' | 'remove' | 'replace' | 'move'
  path: string
  from?: string
  value?: unknown
}

/** A copy of a document with a patch applied; undefined where it does not fit any more. */
export function patched(document: Json, acts: PatchAct[]): Json | undefined {
  let copy = structuredClone(document)
  for (const act of acts) {
    const next = applied(copy, act)
    if (next === undefined) return undefined
    copy = next
  }
  return copy
}

function applied(document: Json, act: PatchAct): Json | undefined {
  if (act.op === 'move') return moved(document, act)
  if (act.path === '') return act.op === 'remove' ? undefined : (act.value as Json)
  const place = find(document, act.path)
  if (!place) return undefined
  if (act.op === 'remove') return take(place) === undefined ? undefined : document
  return put(place, act.value as Json, act.op === 'replace') ? document : undefined
}

type Place = { holder: Json[] | { [key: string]: Json }; key: string }

function find(document: Json, pointer: string): Place | undefined {
  const way = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replace(/~1/g, '/').replace(/~0/g, '~'))
  const key = way.pop()
  let at: Json | undefined = document
  for (const step of way) at = below(at, step)
  return key === undefined || typeof at !== 'object' || at === null ? undefined : { holder: at, key }
}

function below(value: Json | undefined, step: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(step)]
  if (typeof value !== 'object' || value === null) return undefined
  return Object.hasOwn(value, step) ? value[step] : undefined
}

function take({ holder, key }: Place): Json | undefined {
  if (Array.isArray(holder)) return holder.splice(Number(key), 1)[0]
  if (!Object.hasOwn(holder, key)) return undefined
  const value = holder[key]
  delete holder[key]
  return value
}

function put({ holder, key }: Place, value: Json, replacing: boolean): boolean {
  if (!Array.isArray(holder)) {
    if (replacing && !Object.hasOwn(holder, key)) return false
    define(holder, key, value)
    return true
  }
  const at = key === '-' ? holder.length : Number(key)
  if (!Number.isInteger(at) || at < 0 || at > holder.length) return false
  holder.splice(at, replacing ? 1 : 0, value)
  return true
}

/** Moves a member; one that stays in its object keeps its place there. */
function moved(document: Json, act: PatchAct): Json | undefined {
  const from = find(document, act.from ?? '')
  const to = find(document, act.path)
  if (!from || !to) return undefined
  if (from.holder === to.holder && !Array.isArray(from.holder)) {
    return rename(from.holder, from.key, to.key) ? document : undefined
  }
  const value = take(from)
  return value !== undefined && put(to, value, false) ? document : undefined
}

/** Gives a member of an object another key; false where there is none, or one of that key already. */
export function rename(object: { [key: string]: Json }, from: string, to: string): boolean {
  if (!Object.hasOwn(object, from) || Object.hasOwn(object, to)) return false
  const entries = Object.entries(object)
  for (const [key] of entries) delete object[key]
  for (const [key, value] of entries) define(object, key === from ? to : key, value)
  return true
}

/** Sets a member, whatever its name: "__proto__" is a key like any other. */
function define(object: { [key: string]: Json }, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}
