// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { follow, type LiveMessage } from './follow'

/** A server whose streams are held by the test. */
class Server {
  calls: { headers: Record<string, string>; send: (text: string) => void; end: () => void }[] = []
  status = 200

  fetch = vi.fn(async (_: string, init: RequestInit) => {
    if (this.status === 0) throw new TypeError('Failed to fetch')
    let out!: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        out = controller
        init.signal?.addEventListener('abort', () => {
          try {
            controller.error(new DOMException('aborted', 'AbortError'))
          } catch {
            // it has ended already
          }
        })
      },
    })
    const encoder = new TextEncoder()
    this.calls.push({
      headers: init.headers as Record<string, string>,
      send: (text) => out.enqueue(encoder.encode(text)),
      end: () => out.close(),
    })
    return new Response(this.status === 200 ? body : null, { status: this.status })
  })

  last() {
    const call = this.calls.at(-1)
    if (!call) throw new Error('nobody has called')
    return call
  }
}

const message = (id: string, kind: string, more = '') =>
  `id: ${id}\nevent: ${kind}\ndata: {"kind":"${kind}"${more}}\n\n`

let server: Server
let heard: string[]
const hear = (m: LiveMessage) => heard.push(m.kind + (m.resumed ? ' resumed' : ''))
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  vi.useFakeTimers()
  server = new Server()
  heard = []
  vi.stubGlobal('fetch', server.fetch)
})

afterEach(async () => {
  await settle(10_000)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('what the server tells is heard, by everybody who follows the same', async () => {
  const other: string[] = []
  const stop = follow({ site: 's' }, hear)
  const stopOther = follow({ site: 's' }, (m) => other.push(m.kind))
  await settle()
  server.last().send(message('a-0', 'ready'))
  server.last().send(message('a-1', 'activation'))
  await settle()
  expect(heard).toEqual(['ready', 'activation'])
  expect(other).toEqual(heard)
  expect(server.calls).toHaveLength(1)
  expect(server.last().headers).toMatchObject({ 'belay-site-id': 's' })
  stop()
  stopOther()
})

test('after a break it goes on from the last message', async () => {
  const stop = follow({}, hear)
  await settle()
  server.last().send(message('a-7', 'event'))
  await settle()
  server.last().end()
  await settle(500)
  expect(server.calls).toHaveLength(2)
  expect(server.last().headers['last-event-id']).toBe('a-7')
  server.last().send(message('a-7', 'ready', ',"resumed":true'))
  await settle()
  expect(heard).toEqual(['event', 'ready resumed'])
  stop()
})

test('while there is no stream, pages are told to ask themselves; the next try comes later and later', async () => {
  server.status = 503
  const stop = follow({}, hear)
  await settle(35_000)
  expect(heard).toEqual(['changed', 'changed', 'changed'])
  expect(server.calls.length).toBeGreaterThan(3)
  expect(server.calls.length).toBeLessThan(8)
  server.status = 200
  await settle(30_000)
  server.last().send(message('b-0', 'ready'))
  await settle()
  const before = heard.length
  await settle(30_000)
  expect(heard.slice(before)).toEqual([])
  stop()
})

test('a stream that falls silent is begun anew', async () => {
  const stop = follow({}, hear)
  await settle()
  server.last().send(message('a-0', 'ready'))
  for (let n = 0; n < 6; n++) {
    await settle(15_000)
    server.last().send(': alive\n\n')
  }
  expect(server.calls).toHaveLength(1)
  await settle(41_000)
  expect(server.calls).toHaveLength(2)
  stop()
})

test('who is not let in asks no more', async () => {
  server.status = 401
  const stop = follow({}, hear)
  await settle(120_000)
  expect(server.calls).toHaveLength(1)
  stop()
})

test('the next page takes the stream over; a moment after the last it is closed', async () => {
  follow({ site: 's' }, hear)()
  const stop = follow({ site: 's' }, hear)
  await settle(5000)
  expect(server.calls).toHaveLength(1)
  stop()
  await settle(5000)
  follow({ site: 's' }, hear)()
  await settle()
  expect(server.calls).toHaveLength(2)
})
