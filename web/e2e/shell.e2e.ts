import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { launch, Visitor } from './browser'
import { Server } from './server'

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([Server.start(), launch()])
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

test('a page that does not exist says so, and is accessible', async () => {
  const visitor = await Visitor.open(browser)
  await visitor.signedInByKey(server)
  await visitor.page.goto(`${server.url}/dev/nowhere`)
  await visitor.page.getByRole('heading', { name: 'There is no such page' }).waitFor()
  await visitor.accessible()
  visitor.clean()
})
