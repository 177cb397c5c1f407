import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { bodyOf, type Call, snippet } from './snippets'

const report: Call = {
  kind: 'report',
  url: 'https://belay.example',
  site: '51700000-0000-4000-8000-000000000001',
  app: 'a9900000-0000-4000-8000-000000000001',
  trigger: 'bookings-booked',
  entity: 'e0000000-0000-4000-8000-000000000001',
  idempotencyKey: 'booking "1"',
  payload: { customer: "O'Neil `rm -rf` $HOME </script>", seats: 2 },
}

test('what is not said is left out', () => {
  expect(bodyOf({ ...report, entity: '', idempotencyKey: '', app: '' })).toEqual({
    triggerKey: 'bookings-booked',
    payload: report.kind === 'report' ? report.payload : undefined,
  })
})

describe('whatever a payload holds, the call stays one', () => {
  test('in a shell', () => {
    const command = snippet(report, 'curl').replace(/^curl /, 'printf "%s\\n" ')
    const words = execFileSync('sh', ['-c', command], { encoding: 'utf8', env: { BELAY_KEY: 'key' } })
    expect(words).toContain('Authorization: key\n')
    expect(words).toContain(JSON.stringify(bodyOf(report), null, 2))
  })

  test('in TypeScript', () => {
    const source = snippet(report, 'typescript')
    const asked: { url: string; body: string }[] = []
    const run = new Function('fetch', 'process', 'console', `return (async () => {${source}})()`)
    run(
      (url: string, init: { body: string }) => {
        asked.push({ url, body: init.body })
        return Promise.resolve({ ok: true, json: () => ({}) })
      },
      { env: {} },
      { log: () => {} },
    )
    expect(asked[0]?.url).toBe('https://belay.example/automations/v1/events/report')
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual(bodyOf(report))
  })

  test('in Go', () => {
    const source = snippet(report, 'go')
    expect(source).toContain('IdempotencyKey'.slice(0, 11))
    expect(source).toContain('Payload:          json.RawMessage("{')
    expect(snippet({ ...report, payload: {} }, 'go')).toContain('json.RawMessage(`{}`)')
  })
})

test('a cancel names the entity', () => {
  const cancel: Call = { ...report, kind: 'cancel' }
  expect(snippet(cancel, 'curl')).toContain('/events/cancel')
  expect(snippet(cancel, 'go')).toContain('belay.Cancel(context.Background(), api.CancelEventRequest{')
  expect(snippet(cancel, 'go')).not.toContain('encoding/json')
})

test('no snippet holds a key', () => {
  for (const language of ['curl', 'go', 'typescript'] as const) {
    expect(snippet(report, language)).toContain('BELAY_KEY')
  }
})
