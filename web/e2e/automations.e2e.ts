import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { narrow, Visitor } from './browser'
import { browser, server } from './stage'

// The list of automations, as the owner of the salon works with it.

let visitor: Visitor
let page: Page

beforeEach(async () => {
  visitor = await Visitor.open(browser)
  page = visitor.page
  await visitor.signedInByKey(server)
})

afterEach(async () => {
  visitor.clean()
  await visitor.close()
})

const list = () => page.goto(`${server.url}/s/${server.shop}/automations`)
const row = (name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('link', { name, exact: true }) })
const switchOf = (name: string) => page.getByRole('switch', { name: new RegExp(`^${name}`) })

test('each automation is told in a sentence, with its week and when it is next due', async () => {
  await list()
  const reminder = row('Remind the customer the day before')
  await reminder.waitFor()
  const text = await reminder.textContent()
  expect(text).toContain('When Appointment starts, 1 day before, email the customer')
  expect(text).toMatch(/Next: (today|tomorrow|\w+day \d+ \w+), \d\d:\d\d/)
  await row('Confirm an appointment')
    .getByRole('img', { name: /^Last 7 days: \d+ done/ })
    .waitFor()
  expect(await page.locator('main').textContent()).not.toMatch(/\bevents?\b/i)
  await visitor.accessible()
})

test('what is looked for stands in the address, and a search that finds nothing leads back', async () => {
  await list()
  await page.getByRole('searchbox').fill('calendar')
  await row('Confirm an appointment').waitFor({ state: 'detached' })
  expect(page.url()).toContain('search=calendar')
  await row('Write an appointment into the calendar').waitFor()
  await page.getByRole('searchbox').fill('nobody calls it this')
  await page.getByRole('button', { name: 'Show all' }).click()
  await row('Confirm an appointment').waitFor()
})

test('a switch asks before it calls off runs that wait, and says how many', async () => {
  await list()
  await switchOf('Ask how it was').click({ force: true })
  const dialog = page.getByRole('dialog')
  await dialog.getByText(/\d+ runs? that (is|are) waiting will be called off/).waitFor()
  await visitor.accessible()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await switchOf('Ask how it was').isChecked()).toBe(true)
})

test('a switch moves at once, and goes back with the reason where it is refused', async () => {
  visitor.expected = [409]
  await list()
  const confirm = switchOf('Confirm an appointment')
  await confirm.waitFor()
  await confirm.click({ force: true })
  await expect.poll(() => confirm.isChecked()).toBe(false)
  // Somebody else is faster: what was read is no longer what there is.
  await page.route('**/v2/automations/*', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({
          status: 409,
          json: { message: 'entity has already changed', details: { applicationError: { code: 'ABORTED' } } },
        })
      : route.continue(),
  )
  await confirm.click({ force: true })
  await page
    .getByText('Somebody else has changed “Confirm an appointment” meanwhile', { exact: false })
    .waitFor()
  await expect.poll(() => confirm.isChecked()).toBe(false)
  await page.unrouteAll()
  await confirm.click({ force: true })
  await expect.poll(() => confirm.isChecked()).toBe(true)
})

test('by keyboard alone: a menu opens, a copy is made, and is deleted from the list', async () => {
  await list()
  const more = page.getByRole('button', { name: 'More for Confirm an appointment' })
  await more.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Duplicate' }).waitFor()
  await visitor.accessible()
  await page.keyboard.press('ArrowDown')
  while ((await page.locator(':focus').textContent()) !== 'Duplicate') await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/automations\/[0-9a-f-]{36}$/)
  await list()
  const copy = 'Confirm an appointment (copy)'
  await row(copy).getByText('Draft', { exact: true }).waitFor()
  await page.getByRole('button', { name: `More for ${copy}` }).click()
  await page.getByRole('menuitem', { name: 'Discard draft' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await row(copy).waitFor({ state: 'detached' })
})

test("a template is switched on as it is, and another is made into an automation of one's own", async () => {
  await list()
  await page.getByRole('link', { name: 'Templates' }).click()
  const app = page.getByRole('region', { name: 'Appointments' })
  await app.getByText('When Appointment canceled, notify the team').waitFor()
  const offer = 'Offer a place that has come free'
  const template = app
    .locator('div', { has: page.getByRole('link', { name: offer }) })
    .last()
    .locator('..')
  await template.getByRole('button', { name: 'Switch on' }).click()
  await template.getByText('Is on').waitFor()
  await visitor.accessible()
  const invite = app
    .locator('div', { has: page.getByRole('link', { name: 'Invite to the next appointment' }) })
    .last()
    .locator('..')
  await invite.getByRole('button', { name: 'Make it mine' }).click()
  await page.waitForURL(/automations\/[0-9a-f-]{36}$/)
  await page.getByRole('heading', { name: 'Invite to the next appointment (copy)', level: 1 }).waitFor()
  await list()
  expect(await switchOf(offer).isChecked()).toBe(true)
  await row('Invite to the next appointment (copy)').getByText('Draft', { exact: true }).waitFor()
})

test('what was changed is told by version, and taken back', async () => {
  type Found = { automations: { id: string; name: string; revision: string }[] }
  const found = await server.call<Found>('POST', '/v2/automations/query', {
    query: { filter: { name: 'Say that an appointment is off' } },
  })
  const before = found.automations[0]
  if (!before) throw new Error('the salon has no such automation')
  await list()
  await row(before.name).waitFor()
  await server.call('PATCH', `/v2/automations/${before.id}`, {
    automation: { revision: before.revision, name: 'Changed by mistake' },
    fieldMask: 'name',
  })
  await row('Changed by mistake').waitFor() // it comes in by itself
  await page.getByRole('button', { name: 'More for Changed by mistake' }).click()
  await page.getByRole('menuitem', { name: 'Earlier versions' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText(before.name).waitFor()
  await drawer.getByRole('button', { name: 'Compare with now' }).first().click()
  await drawer.getByText('It is called differently.').waitFor()
  await visitor.accessible()
  await drawer.getByRole('button', { name: 'Restore' }).first().click()
  await drawer.waitFor({ state: 'detached' })
  await row(before.name).waitFor()
})

test('thousands scroll, a few rows at a time', async () => {
  const { site } = await server.call<{ site: { id: string } }>('POST', '/belay/v1/sites', {
    name: 'Many',
    timeZone: 'UTC',
    locale: 'en',
  })
  const automation = (n: number) => ({
    automation: {
      name: `Number ${n}`,
      origin: 'USER',
      configuration: {
        status: 'INACTIVE',
        trigger: {
          appId: '139ef4fa-c108-8f9a-c7be-d5f492a2c939',
          triggerKey: 'wix_automations-custom_trigger',
        },
        rootActionIds: ['a'],
        actions: {
          a: {
            type: 'APP_DEFINED',
            appDefinedInfo: { appId: 'belay', actionKey: 'notify', inputMapping: { message: 'x' } },
          },
        },
      },
    },
  })
  for (let n = 0; n < 500; n++) {
    const response = await fetch(`${server.url}/v2/automations`, {
      method: 'POST',
      headers: {
        authorization: server.operatorKey,
        'belay-site-id': site.id,
        'content-type': 'application/json',
      },
      body: JSON.stringify(automation(n)),
    })
    expect(response.status).toBe(200)
  }
  await page.setViewportSize(narrow)
  await page.goto(`${server.url}/s/${site.id}/automations?sort=CREATED`)
  await row('Number 499').waitFor()
  for (let i = 0; i < 200 && (await row('Number 0').count()) === 0; i++) {
    await page.mouse.wheel(0, 3000)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
  await row('Number 0').waitFor()
  expect(await page.getByRole('listitem').count()).toBeLessThan(60)
})
