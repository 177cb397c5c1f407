import { beforeAll, expect, test } from 'vitest'
import { Visitor } from './browser'
import { browser, server } from './stage'

// A shop owner watches the log of runs while an appointment is booked and called off.

let visitor: Visitor

const entity = 'e0000000-0000-4000-8000-0000000000aa'

/** Books an appointment for somebody, nine days from now. */
async function book(name: string) {
  await server.call('POST', '/automations/v1/events/report', {
    triggerKey: 'appointment_starting',
    appId: server.app,
    externalEntityId: entity,
    payload: {
      customer_name: name,
      customer_email: 'nora@example.com',
      service: 'Haircut',
      collaborator: 'Rui',
      starts_at: new Date(Date.now() + 9 * 86_400_000).toISOString(),
      when: 'soon',
    },
  })
}

beforeAll(async () => {
  visitor = await Visitor.open(browser)
  await visitor.signedInByKey(server)
})

test('a run appears while one looks at the list', async () => {
  const { page } = visitor
  await page.goto(`${server.url}/s/${server.shop}/runs?entity=${entity}`)
  await page.getByText('No run is like that').waitFor()
  await book('Nora Vance')
  await page.getByText('Nora Vance · Haircut').first().waitFor()
  await visitor.accessible()
  visitor.clean()
})

test('while one points at the list its rows stay, and what is new is let in by a button', async () => {
  const { page } = visitor
  const first = page.getByRole('list', { name: 'List of runs' }).getByRole('link').first()
  await first.hover()
  await book('Ole Lund')
  await page.getByRole('button', { name: /^\d new$/ }).waitFor()
  expect(await first.textContent()).toContain('Nora Vance')
  await visitor.accessible()
  await page.getByRole('button', { name: /^\d new$/ }).click()
  await page.getByText('Ole Lund · Haircut').first().waitFor()
  expect(await first.textContent()).toContain('Ole Lund')
  expect(await first.evaluate((link) => link === document.activeElement)).toBe(true)
  visitor.clean()
})

test('its page says, at once, that the run was canceled and by whom', async () => {
  const { page } = visitor
  await page.getByText('Nora Vance · Haircut').first().click()
  await page.getByText('Waits for its time').first().waitFor()
  await server.call('POST', '/automations/v1/events/cancel', {
    triggerKey: 'appointment_starting',
    appId: server.app,
    externalEntityId: entity,
  })
  await page.getByText('Canceled by').waitFor()
  await page.getByText('What it was about was called off.').waitFor()
  await visitor.accessible()
  visitor.clean()
})

test('the list of steps is the equal of the flow, by the keyboard alone', async () => {
  const { page } = visitor
  await page.getByRole('radio', { name: 'Flow' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.getByText('Not reached').first().waitFor()
  expect(await page.getByRole('radio', { name: 'List' }).isChecked()).toBe(true)
  await visitor.accessible()
  visitor.clean()
})
