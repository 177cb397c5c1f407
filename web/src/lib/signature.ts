import { parseObject } from './json'
// Whether Belay made a request: what an app's own server checks, here for people who
// look for why it does not pass. It runs in the browser, so that no secret leaves it.

/** Why a request does not pass. */
export type Fault =
  | { code: 'missing'; header: string }
  | { code: 'timestamp' }
  | { code: 'noSecret' }
  | { code: 'secretForm'; index: number }
  | { code: 'signatureForm' }
  | { code: 'mismatch' }
  /** It passes for another body: something on the way has changed it. */
  | { code: 'bodyChanged'; how: 'newline' | 'lineEnds' | 'spaces' }
  | { code: 'envelopeForm' }
  | { code: 'algorithm'; found: string }
  | { code: 'unknownKey'; found: string }
  | { code: 'issuer'; found: string }
  | { code: 'audience'; found: string }

/** What came of a check. A good signature may still be too old, or of the future. */
export type Checked =
  | {
      signed: true
      /** In seconds since 1970. */
      at: number
      age: 'good' | 'old' | 'future'
      /** Which of the secrets has signed, from 0; or the ID of the key. */
      by: number | string
      /** What the envelope says; absent for plain JSON. */
      claims?: Record<string, unknown>
    }
  | { signed: false; fault: Fault }

/** How far from now a request may lie, in seconds. Source: Standard Webhooks, "Verifying". */
export const tolerance = 300
/** By how much two clocks may differ, in seconds. */
const leeway = 60

const issuer = 'wix.com'
const utf8 = new TextEncoder()

function failed(fault: Fault): Checked {
  return { signed: false, fault }
}

/** Reads headers as they are pasted: "Name: value" lines, in any order and case. */
export function readHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const found = /^\s*(?:-H\s+)?["']?([\w-]+)\s*:\s*(.*?)["'\\\s]*$/.exec(line)
    if (found?.[1]) headers.set(found[1].toLowerCase(), found[2] ?? '')
  }
  return headers
}

/** Checks plain JSON with the headers of Standard Webhooks. */
export async function checkWebhook(
  headers: Map<string, string>,
  body: string,
  secrets: string[],
  now: number,
): Promise<Checked> {
  const id = headers.get('webhook-id')
  const sent = headers.get('webhook-timestamp')
  const signatures = headers.get('webhook-signature')
  if (!id) return failed({ code: 'missing', header: 'webhook-id' })
  if (!sent) return failed({ code: 'missing', header: 'webhook-timestamp' })
  if (!signatures) return failed({ code: 'missing', header: 'webhook-signature' })
  if (!/^\d{1,12}$/.test(sent)) return failed({ code: 'timestamp' })
  const given = signatures.split(/\s+/).filter((s) => s.startsWith('v1,'))
  if (given.length === 0) return failed({ code: 'signatureForm' })
  if (secrets.length === 0) return failed({ code: 'noSecret' })
  const at = Number(sent)
  for (const [index, secret] of secrets.entries()) {
    const key = readSecret(secret)
    if (!key) return failed({ code: 'secretForm', index })
    if (given.includes(await signWebhook(key, id, sent, body))) {
      const age = now - at > tolerance ? 'old' : at - now > tolerance ? 'future' : 'good'
      return { signed: true, at, age, by: index }
    }
  }
  for (const [how, other] of otherwise(body)) {
    for (const secret of secrets) {
      const key = readSecret(secret)
      if (key && given.includes(await signWebhook(key, id, sent, other)))
        return failed({ code: 'bodyChanged', how })
    }
  }
  return failed({ code: 'mismatch' })
}

/** What a body may have been before an editor or a framework got at it. */
function otherwise(body: string): ['newline' | 'lineEnds' | 'spaces', string][] {
  const list: ['newline' | 'lineEnds' | 'spaces', string][] = [
    ['newline', body.replace(/\r?\n$/, '')],
    ['newline', body.trim()],
    ['newline', `${body}\n`],
    ['lineEnds', body.replace(/\r\n/g, '\n')],
  ]
  try {
    list.push(['spaces', JSON.stringify(JSON.parse(body))])
  } catch {
    // It is no JSON, so nobody can have written it anew.
  }
  return list.filter(([, other]) => other !== body)
}

/** The key in a secret of Standard Webhooks, "whsec_" and base64; undefined for any other text. */
export function readSecret(secret: string): Uint8Array<ArrayBuffer> | undefined {
  const text = secret.trim()
  if (!text.startsWith('whsec_')) return undefined
  const key = fromBase64(text.slice('whsec_'.length))
  return key && key.length >= 24 && key.length <= 64 ? key : undefined
}

/** One signature, as it stands in webhook-signature. */
export async function signWebhook(
  key: Uint8Array<ArrayBuffer>,
  id: string,
  at: string,
  body: string,
): Promise<string> {
  const hmac = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', hmac, utf8.encode(`${id}.${at}.${body}`))
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(signature)))}`
}

/** A public key of an app, as its key set has it (RFC 7517). */
export type PublicKey = { kid: string; n: string; e: string }

/** Checks a signed envelope: the body is a compact JWT (RS256) for the app. */
export async function checkEnvelope(
  body: string,
  app: string,
  keys: PublicKey[],
  now: number,
): Promise<Checked> {
  const parts = body.trim().split('.')
  const [head, middle, tail] = parts
  const header = readJSON(head)
  const claims = readJSON(middle)
  const signature = tail === undefined ? undefined : fromBase64(tail)
  if (parts.length !== 3 || !header || !claims || !signature) return failed({ code: 'envelopeForm' })
  if (header.alg !== 'RS256') return failed({ code: 'algorithm', found: String(header.alg) })
  const kid = String(header.kid)
  const known = keys.find((k) => k.kid === kid)
  if (!known) return failed({ code: 'unknownKey', found: kid })
  const key = await crypto.subtle.importKey(
    'jwk',
    { kty: 'RSA', n: known.n, e: known.e, alg: 'RS256', ext: true },
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    false,
    ['verify'],
  )
  const good = await crypto.subtle.verify(
    'RSASSA-PKCS1-v1_5',
    key,
    signature,
    utf8.encode(`${head}.${middle}`),
  )
  if (!good) return failed({ code: 'mismatch' })
  if (claims.iss !== issuer) return failed({ code: 'issuer', found: String(claims.iss) })
  if (claims.aud !== app) return failed({ code: 'audience', found: String(claims.aud) })
  const at = Number(claims.iat)
  const age = now - leeway >= Number(claims.exp) ? 'old' : now + leeway < at ? 'future' : 'good'
  return { signed: true, at, age, by: kid, claims }
}

function readJSON(part: string | undefined): Record<string, unknown> | undefined {
  const bytes = part === undefined ? undefined : fromBase64(part)
  if (!bytes) return undefined
  try {
    return parseObject(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/** Reads base64 of either alphabet, padded or not. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w+/-]*={0,2}$/.test(text)) return undefined
  try {
    const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, ''))
    return Uint8Array.from(plain, (c) => c.charCodeAt(0))
  } catch {
    return undefined
  }
}
