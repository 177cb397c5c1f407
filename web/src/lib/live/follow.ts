import { portalTokenKey, type Schema } from '@/lib/api/client'
import { StreamReader } from './parse'

export type LiveMessage = Schema<'LiveMessage'>
export type LiveKind = LiveMessage['kind']

/** What is followed: a site, an app, or, for operators, everything. */
export type Followed = { site?: string; appId?: string }

type Hearer = (message: LiveMessage) => void

/** A stream that has said nothing for so long is taken for dead; the server says something every 15 s. */
const silence = 40_000
/** How long is waited before the next try: longer from try to try. */
const waits = [500, 1000, 2000, 5000, 10_000, 30_000]
/** How often those who listen are told to look themselves while there is no stream. */
const pollEvery = 10_000
/** How long a stream outlives its last listener, so that the next page takes it over. */
const linger = 2000
/** How long a page that nobody looks at keeps its stream; a browser has few connections for all tabs. */
const hiddenFor = 30_000

/**
 * Follows what happens on the server until the function returned is called. Who follows the
 * same shares one stream. After a break it goes on where it was; as long as there is no stream,
 * `changed` is told every ten seconds, so that pages ask for themselves.
 */
export function follow(what: Followed, hearer: Hearer): () => void {
  const key = `${what.site ?? ''} ${what.appId ?? ''}`
  let stream = streams.get(key)
  if (!stream) {
    stream = new Stream(what, () => streams.delete(key))
    streams.set(key, stream)
  }
  return stream.add(hearer)
}

const streams = new Map<string, Stream>()

class Stream {
  private readonly hearers = new Set<Hearer>()
  private readonly closed = new AbortController()
  private running?: AbortController
  private lastId = ''
  private tries = 0
  private end?: ReturnType<typeof setTimeout>
  private hide?: ReturnType<typeof setTimeout>
  private poll?: ReturnType<typeof setInterval>
  private wake?: () => void

  constructor(
    private readonly what: Followed,
    private readonly forget: () => void,
  ) {
    document.addEventListener('visibilitychange', this.looked, { signal: this.closed.signal })
    window.addEventListener('online', () => this.wake?.(), { signal: this.closed.signal })
    void this.run()
  }

  add(hearer: Hearer): () => void {
    clearTimeout(this.end)
    this.hearers.add(hearer)
    return () => {
      this.hearers.delete(hearer)
      if (this.hearers.size === 0) this.end = setTimeout(() => this.close(), linger)
    }
  }

  private close() {
    this.forget()
    this.closed.abort()
    this.running?.abort()
    this.stopPolling()
    clearTimeout(this.hide)
    this.wake?.()
  }

  private readonly looked = () => {
    clearTimeout(this.hide)
    if (document.hidden) this.hide = setTimeout(() => this.running?.abort(), hiddenFor)
    else this.wake?.()
  }

  private async run() {
    while (!this.closed.signal.aborted) {
      if (document.hidden && this.lastId) await this.pause()
      else {
        const over = await this.listen()
        if (over) return this.close()
        if (this.closed.signal.aborted) return
        this.startPolling()
        await this.pause(waits[Math.min(this.tries++, waits.length - 1)])
      }
    }
  }

  /** Waits for so long, or until it is woken. */
  private pause(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** One connection; true where there is no sense in another. */
  private async listen(): Promise<boolean> {
    const running = new AbortController()
    this.running = running
    let watchdog = setTimeout(() => running.abort(), silence)
    try {
      const response = await fetch(this.address(), { headers: this.headers(), signal: running.signal })
      if (response.status === 401 || response.status === 403) return true
      if (!response.ok || !response.body) return false
      const reader = new StreamReader()
      const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await pieces.read()
        if (done) return false
        clearTimeout(watchdog)
        watchdog = setTimeout(() => running.abort(), silence)
        for (const { id, data } of reader.read(value)) {
          this.lastId = id
          this.connected()
          this.tell(JSON.parse(data) as LiveMessage)
        }
      }
    } catch {
      return false // the server is away, or the connection was ended here
    } finally {
      clearTimeout(watchdog)
      running.abort()
    }
  }

  private address(): string {
    return `/belay/v1/live${this.what.appId ? `?appId=${encodeURIComponent(this.what.appId)}` : ''}`
  }

  private headers(): Record<string, string> {
    const headers: Record<string, string> = { accept: 'text/event-stream' }
    if (this.what.site) headers['belay-site-id'] = this.what.site
    if (this.what.appId) headers['belay-app-id'] = this.what.appId
    if (this.lastId) headers['last-event-id'] = this.lastId
    const token = sessionStorage.getItem(portalTokenKey)
    if (token) headers.authorization = `Bearer ${token}`
    return headers
  }

  private connected() {
    this.tries = 0
    this.stopPolling()
  }

  private startPolling() {
    this.poll ??= setInterval(() => {
      if (!document.hidden) this.tell({ kind: 'changed' })
    }, pollEvery)
  }

  private stopPolling() {
    clearInterval(this.poll)
    this.poll = undefined
  }

  private tell(message: LiveMessage) {
    for (const hearer of this.hearers) hearer(message)
  }
}
