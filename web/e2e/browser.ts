import { existsSync } from 'node:fs'
import AxeBuilder from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)

export function launch(): Promise<Browser> {
  if (!executablePath) throw new Error('no Chromium is installed: make browser')
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}

export const wide = { width: 1440, height: 900 }
export const narrow = { width: 390, height: 844 }

/** A page whose console errors and breaches of the security policy are collected; see Visitor.clean. */
export class Visitor {
  readonly page: Page
  readonly errors: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('console', (message) => {
      if (message.type() === 'error' && !this.tolerated(message.text())) this.errors.push(message.text())
    })
    page.on('pageerror', (error) => this.errors.push(`${error.name}: ${error.message}`))
  }

  /** Answers of these statuses are part of the journey; the browser reports each as an error. */
  expected: number[] = []

  private tolerated(text: string): boolean {
    return (
      this.expected.some((status) => text.includes(`status of ${status}`)) ||
      (this.expected.includes(0) && text.includes('net::ERR_'))
    )
  }

  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: wide,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      ...options,
    })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    return new Visitor(page)
  }

  /** Acts by the operator's key, as a page inside a frame acts by its token. */
  async signedInByKey(server: { operatorKey: string }): Promise<void> {
    await this.page.addInitScript((key) => {
      try {
        sessionStorage.setItem('belay.portal', key)
      } catch {
        // A frame in a sandbox, as a mail is shown in, has no storage.
      }
    }, server.operatorKey)
  }

  close(): Promise<void> {
    return this.page.context().close()
  }

  /** Fails on any console error or breach of the policy since the last call. */
  clean(): void {
    expect(this.errors.splice(0)).toEqual([])
  }

  /** Waits until the page has stood still for a moment; one that never does is taken as it is. */
  private async still(): Promise<void> {
    await this.page.evaluate(
      ([quiet, longest]) =>
        new Promise<void>((resolve) => {
          const watcher = new MutationObserver(wait)
          let timer = setTimeout(end, quiet)
          function wait() {
            clearTimeout(timer)
            timer = setTimeout(end, quiet)
          }
          function end() {
            watcher.disconnect()
            resolve()
          }
          watcher.observe(document, {
            subtree: true,
            childList: true,
            attributes: true,
            characterData: true,
          })
          setTimeout(end, longest)
        }),
      [100, 3000] as const,
    )
  }

  /**
   * Fails on what axe holds for serious on the page, once it stands still: a button that is
   * let in while axe reads has the words of one state and the colours of another.
   */
  async accessible(): Promise<void> {
    await this.still()
    const axe = new AxeBuilder({ page: this.page }).withTags([
      'wcag2a',
      'wcag2aa',
      'wcag21a',
      'wcag21aa',
      'wcag22aa',
    ])
    // What stands behind a modal dialog is inert, and may be cut by the dialog's edge.
    if ((await this.page.locator('[role=dialog][aria-modal=true]').count()) > 0) axe.include('[data-portal]')
    const result = await axe.analyze()
    const serious = result.violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)
    expect(serious).toEqual([])
  }
}
