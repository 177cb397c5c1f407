import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launch } from './browser'
import { Server } from './server'

// What each file of journeys has for itself, from before its first test until after its
// last. Importing this is what makes it; a file's modules are its own.

export let server: Server
export let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([Server.start(), launch()])
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
