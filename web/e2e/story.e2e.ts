import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launch, Visitor } from './browser'
import { type Hand, kinds } from './hands'
import { Server } from './server'

// The whole story, by each kind of hand, on a server that nobody has been at: the owner of
// a salon comes in by the printed link and sets up a reminder; an appointment is reported
// and canceled, and the log of runs says by whom. Each step is one that the page offers
// where one is; no address is typed but the first.

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

test.each(Object.keys(kinds))('a reminder is set up, seen coming, and called off %s', async (kind) => {
  const { options, hand } = kinds[kind] as (typeof kinds)[string]
  const server = await Server.start()
  const visitor = await Visitor.open(browser, options)
  visitor.expected = [401, 428]
  try {
    const by = hand(visitor.page)
    await signIn(by, server)
    await setUp(by)
    await report(by)
    await callOff(by)
    visitor.clean()
  } finally {
    await visitor.close()
    await server.stop()
  }
})

async function signIn(by: Hand, server: Server): Promise<void> {
  const { page } = by
  await page.goto(server.firstLink)
  await by.write(page.getByLabel('Name'), 'Ana Lopes')
  await by.write(page.getByLabel('Email'), 'ana@example.com')
  await by.write(page.getByLabel('Password', { exact: true }), 'a harbour of paper boats')
  await by.press(page.getByRole('button', { name: 'Go in' }))
  await page.getByRole('heading', { name: 'Automations', level: 1 }).waitFor()
}

/** "When an appointment starts, 1 day before, email the customer". */
async function setUp(by: Hand): Promise<void> {
  const { page } = by
  await by.press(page.getByRole('link', { name: 'New automation' }))
  await by.press(page.getByRole('button', { name: /Appointment starts/ }))
  await by.choose(page.getByRole('radio', { name: 'Some time before' }))
  await by.pick(page.getByRole('button', { name: 'Add the first step' }), 'Send an email')
  const subject = page.getByRole('textbox', { name: 'Subject' })
  await by.write(subject, 'See you tomorrow, ')
  await by.pick(page.getByRole('button', { name: 'Insert a value into Subject' }), "Customer's name")
  await page.getByText('See you tomorrow, Ines Duarte').waitFor()
  await by.write(page.getByRole('textbox', { name: 'Message' }), 'We look forward to seeing you.')
  const done = page.getByRole('button', { name: 'Done' })
  if (await done.isVisible()) await by.press(done)
  await page.getByText('Draft saved').waitFor()
  await by.press(page.getByRole('button', { name: /^Publish/ }))
  const dialog = page.getByRole('dialog')
  await dialog.getByText('From now on it runs').waitFor()
  await by.write(dialog.getByRole('textbox', { name: 'What is it called?' }), 'See you soon')
  const publish = dialog.locator('[aria-disabled=false]', { hasText: 'Publish' })
  await by.press(publish)
  await page.getByText('Published and on').waitFor()

  await by.press(page.getByRole('button', { name: 'All automations' }))
  const row = page.getByRole('listitem').filter({ hasText: 'See you soon' })
  await row.getByText('When Appointment starts, 1 day before, email the customer').waitFor()
  expect(await page.getByText('Unpublished changes').count()).toBe(0)
}

async function report(by: Hand): Promise<void> {
  const { page } = by
  await by.visit('Events')
  await by.press(page.getByRole('button', { name: 'Report an event' }))
  const drawer = page.getByRole('dialog', { name: 'Report an event' })
  await by.pick(drawer.getByRole('combobox', { name: 'Trigger' }), 'Appointment starts')
  await by.write(drawer.getByLabel("Customer's name"), 'Nora Vance')
  await by.press(drawer.getByRole('button', { name: 'Report', exact: true }))
  await page.getByRole('heading', { name: 'Appointment starts', level: 1 }).waitFor()
  await by.press(page.getByRole('link', { name: 'See it in Upcoming' }))
  await page.getByRole('heading', { name: 'Upcoming', level: 1 }).waitFor()
  await page.getByText('See you soon', { exact: true }).first().waitFor()
}

async function callOff(by: Hand): Promise<void> {
  const { page } = by
  await page.goBack()
  await by.press(page.getByRole('button', { name: 'Cancel this entity' }))
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('listitem').filter({ hasText: 'See you soon' }).waitFor()
  await by.press(dialog.getByRole('button', { name: 'Cancel the entity' }))
  await dialog.getByText('4 runs were called off').waitFor()
  await by.press(dialog.getByRole('button', { name: 'Close' }).last())
  await by.visit('Runs')
  // Until the log is there, the event's page is, whose link of that name leads elsewhere.
  const log = page.getByRole('list', { name: 'List of runs' })
  await by.press(log.getByRole('link', { name: /See you soon.*Nora Vance/ }))
  await page.getByRole('heading', { name: 'See you soon', level: 1 }).waitFor()
  await page.getByText('Canceled by you').first().waitFor()
}
