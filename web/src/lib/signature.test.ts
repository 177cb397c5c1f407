import { describe, expect, test } from 'vitest'
import { checkEnvelope, checkWebhook, readHeaders, readSecret } from './signature'
import vectors from './signature.vectors.json' with { type: 'json' }

describe('the vectors that the Go verifier is held to', () => {
  for (const c of vectors.cases) {
    test(c.name, async () => {
      const headers = new Map(Object.entries(c.headers as Record<string, string>))
      const checked = headers.has('webhook-signature')
        ? await checkWebhook(headers, c.body, [vectors.secret], vectors.at)
        : await checkEnvelope(c.body, vectors.appId, vectors.keys, vectors.at)
      expect(checked.signed && checked.age === 'good').toBe(c.good)
    })
  }
})

const plain = vectors.cases.find((c) => c.name === 'plain JSON')
const headers = new Map(Object.entries((plain?.headers ?? {}) as Record<string, string>))

test('why a request does not pass', async () => {
  const check = (h: Map<string, string>, body: string, secrets: string[]) =>
    checkWebhook(h, body, secrets, vectors.at)
  const body = plain?.body ?? ''
  expect(await check(new Map(), body, [vectors.secret])).toEqual({
    signed: false,
    fault: { code: 'missing', header: 'webhook-id' },
  })
  expect(await check(headers, `${body}\n`, [vectors.secret])).toEqual({
    signed: false,
    fault: { code: 'bodyChanged', how: 'newline' },
  })
  expect(await check(headers, JSON.stringify(JSON.parse(body), null, 2), [vectors.secret])).toEqual({
    signed: false,
    fault: { code: 'bodyChanged', how: 'spaces' },
  })
  expect(await check(headers, body, ['secret'])).toEqual({
    signed: false,
    fault: { code: 'secretForm', index: 0 },
  })
  expect(await check(headers, body, [])).toEqual({ signed: false, fault: { code: 'noSecret' } })
})

test('the second of two secrets, and a signature that is old', async () => {
  const other = `whsec_${btoa('another key of thirty-two bytes.')}`
  const checked = await checkWebhook(headers, plain?.body ?? '', [other, vectors.secret], vectors.at + 301)
  expect(checked).toEqual({ signed: true, at: vectors.at, age: 'old', by: 1 })
})

test('headers as they are pasted', () => {
  const read = readHeaders(
    'Webhook-Id: msg_1\r\n  -H "webhook-timestamp: 12" \\\nnonsense\nwebhook-signature: v1,a=',
  )
  expect([...read]).toEqual([
    ['webhook-id', 'msg_1'],
    ['webhook-timestamp', '12'],
    ['webhook-signature', 'v1,a='],
  ])
})

test('what is no secret', () => {
  expect(readSecret('whsec_short')).toBeUndefined()
  expect(readSecret('whsec_%%%')).toBeUndefined()
  expect(readSecret(vectors.secret)?.length).toBe(32)
})
