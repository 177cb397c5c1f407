import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { launch, narrow, Visitor } from './browser'
import { Server } from './server'

// The builder on a phone.

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([Server.start(), launch()])
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

async function begin(options = {}) {
  const visitor = await Visitor.open(browser, options)
  await visitor.signedInByKey(server)
  await visitor.page.goto(`${server.url}/s/${server.site}/automations/new`)
  await visitor.page.getByRole('heading', { name: 'What starts it?' }).waitFor()
  return visitor
}

test('on a phone the steps are a list, and a step is edited in a drawer', async () => {
  const visitor = await begin({ viewport: narrow })
  const { page } = visitor
  await page.getByRole('button', { name: /Class canceled/ }).click()
  await page.getByRole('region', { name: 'Steps as a list' }).waitFor()
  await page.getByRole('button', { name: /Add a step after/ }).click()
  await page.getByRole('option', { name: /Notify the team/ }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Message' }).fill('It is off.')
  await visitor.accessible()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: /Notify the team It is off/ }).waitFor()
  await visitor.accessible()
  visitor.clean()
  await visitor.close()
})
