import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const binary = fileURLToPath(new URL('../../bin/belay', import.meta.url))

/** A server of its own: the real binary on the embedded store, set up with the demo's two businesses. */
export class Server {
  readonly url: string
  readonly operatorKey: string
  /** The site of the demo's story, whose days are seconds. */
  readonly site: string
  /** The salon whose days last a day, with two weeks of appointments. */
  readonly shop: string
  /** The app of the appointments. */
  readonly app: string
  /** The link that makes the first operator, as the server prints it. */
  readonly firstLink: string
  private readonly process: ChildProcess
  private readonly folder: string

  private constructor(process: ChildProcess, folder: string, line: DemoLine) {
    this.process = process
    this.folder = folder
    this.url = line.url
    this.operatorKey = line.operatorKey
    this.site = line.siteId
    this.shop = line.shopSiteId
    this.app = line.appId
    this.firstLink = line.firstOperatorLink ?? ''
  }

  /** Starts a server at a free port, or at the one given, on a new folder or the one given. */
  static async start(options: { folder?: string; port?: number } = {}): Promise<Server> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'belay-e2e-')))
    const child = spawn(
      binary,
      ['demo', '--json', '--listen', `127.0.0.1:${options.port ?? 0}`, '--data', folder],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let log = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-20_000)
    })
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
    const first = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve)
      child.once('exit', (code) => reject(new Error(`belay ended with ${code}:\n${log}`)))
    })
    return new Server(child, folder, JSON.parse(first) as DemoLine)
  }

  /** Calls the API by the operator's key, on the salon or on the site given. */
  async call<T>(method: string, path: string, body?: unknown, site = this.shop): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: this.operatorKey,
        'belay-site-id': site,
        'content-type': 'application/json',
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text) as T
  }

  /** Kills the process as a power cut would, and keeps its folder and port for a start after it. */
  async kill(): Promise<{ folder: string; port: number }> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill('SIGKILL')
    await ended
    return { folder: this.folder, port: Number(new URL(this.url).port) }
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve))
      this.process.kill('SIGTERM')
      await ended
    }
    await rm(this.folder, { recursive: true, force: true })
  }
}

type DemoLine = {
  url: string
  operatorKey: string
  siteId: string
  shopSiteId: string
  appId: string
  firstOperatorLink?: string
}
