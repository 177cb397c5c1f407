import type { Page, Request } from 'playwright-core'

/**
 * How a page came up: what it asked the server for, and how far its parts moved. It is
 * made before the page is opened.
 */
export class Opening {
  private readonly page: Page
  private readonly calls: Call[] = []

  private constructor(page: Page) {
    this.page = page
    const open = new Map<Request, Call>()
    page.on('request', (request) => {
      if (!isCall(request)) return
      const call = {
        url: request.url(),
        path: new URL(request.url()).pathname,
        began: performance.now(),
        ended: Number.POSITIVE_INFINITY,
      }
      open.set(request, call)
      this.calls.push(call)
    })
    page.on('requestfinished', (request) => {
      const call = open.get(request)
      if (call) call.ended = performance.now()
    })
  }

  /** With a delay in milliseconds, answers take that much longer, as over a real network. */
  static async of(page: Page, delay = 0): Promise<Opening> {
    if (delay > 0) {
      await page.route('**/*', async (route) => {
        if (isCall(route.request())) await new Promise((resolve) => setTimeout(resolve, delay))
        await route.continue()
      })
    }
    await page.addInitScript(() => {
      const shifts = { sum: 0, moved: [] as string[] }
      Object.assign(window, { shifts })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as LayoutShift[]) {
          if (entry.hadRecentInput) continue
          shifts.sum += entry.value
          for (const { node } of entry.sources)
            shifts.moved.push((node as Element | null)?.textContent?.slice(0, 40) ?? '')
        }
      }).observe({ type: 'layout-shift', buffered: true })
    })
    return new Opening(page)
  }

  /**
   * The calls that have been answered by now, and began only when another had been: what
   * they ask for was not known before. What is asked anew, as once changes are followed,
   * is not among them.
   */
  second(): string[] {
    const first = Math.min(...this.calls.map((call) => call.ended))
    const early = new Set(this.calls.filter((call) => call.began <= first).map((call) => call.url))
    return this.calls
      .filter((call) => call.began > first && call.ended <= performance.now() && !early.has(call.url))
      .map((call) => call.path)
  }

  /** The cumulative layout shift, and what moved. Below 0.1 is held for good; see web.dev/articles/cls. */
  shifts(): Promise<{ sum: number; moved: string[] }> {
    return this.page.evaluate(
      () => (window as unknown as { shifts: { sum: number; moved: string[] } }).shifts,
    )
  }
}

/** Whether a request asks for what the page itself shows, and not who is there or what changes. */
function isCall(request: Request): boolean {
  const { pathname } = new URL(request.url())
  return request.resourceType() === 'fetch' && !/^\/belay\/v1\/(session|live)$/.test(pathname)
}

type LayoutShift = PerformanceEntry & {
  value: number
  hadRecentInput: boolean
  sources: { node: Node | null }[]
}

type Call = { url: string; path: string; began: number; ended: number }
