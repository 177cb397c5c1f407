import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { narrow, Visitor } from './browser'
import { browser, server } from './stage'

// What the whole story does not come by in the builder: undoing, the preview, and what axe
// says of each of its states.

async function begin(site: string, options = {}) {
  const visitor = await Visitor.open(browser, options)
  await visitor.signedInByKey(server)
  await visitor.page.goto(`${server.url}/s/${site}/automations/new`)
  await visitor.page.getByRole('heading', { name: 'What starts it?' }).waitFor()
  return visitor
}

test('a step is removed and brought back, looked at in the preview, and about to be published', async () => {
  const visitor = await begin(server.shop)
  const { page } = visitor
  await page.getByRole('button', { name: /Appointment starts/ }).click()
  await page.getByRole('button', { name: 'Add the first step' }).click()
  await page.getByRole('option', { name: /Send an email/ }).click()
  await page.getByRole('textbox', { name: 'Subject' }).fill('See you tomorrow')
  await page.getByRole('textbox', { name: 'Message' }).fill('We expect you.')
  await page.getByText('Draft saved').waitFor()

  await page.locator('[data-step][aria-pressed=true]').press('Delete')
  await page.getByRole('button', { name: 'Add the first step' }).waitFor()
  await page.locator('[data-step=trigger]:focus').press('Control+z')
  await page.getByRole('button', { name: 'Add the first step' }).waitFor({ state: 'detached' })
  // Nothing is left to save where a change was taken back at once, and the page says so.
  await page.getByText('Draft saved').waitFor()

  // From the palette, by dragging and by the keys.
  const palette = page.getByRole('toolbar', { name: 'Steps to add' })
  await palette.getByRole('button', { name: 'Wait' }).dragTo(page.locator('[data-gap="trigger:next"]'))
  await page.locator('[data-step][aria-pressed=true]').getByText('Wait 1 hour').waitFor()
  await palette.getByRole('button', { name: 'Send an email' }).press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.locator('[data-step][aria-pressed=true]').getByText('Notify the team').waitFor()
  await page.getByRole('textbox', { name: 'Message' }).fill('Reminded.')
  await page.getByText('email the customer').waitFor()
  await visitor.accessible()

  await page.getByRole('button', { name: 'Preview' }).click()
  const preview = page.getByRole('dialog', { name: 'Preview' })
  await preview.getByText('This is a preview: nothing was sent.').waitFor()
  await visitor.accessible()
  await preview.getByRole('button', { name: 'Close' }).click()
  await preview.waitFor({ state: 'detached' })

  await page.getByRole('button', { name: /^Publish/ }).click()
  await page.getByRole('dialog').getByText('From now on it runs').waitFor()
  await visitor.accessible()
  visitor.clean()
  await visitor.close()
})

test('on a phone the steps are a list, and a step is edited in a drawer', async () => {
  const visitor = await begin(server.site, { viewport: narrow })
  const { page } = visitor
  await page.getByRole('button', { name: /Class canceled/ }).click()
  await page.getByRole('region', { name: 'Steps as a list' }).waitFor()
  await page.getByRole('button', { name: /Add a step after/ }).click()
  await page.getByRole('option', { name: /Notify the team/ }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Message' }).fill('It is off.')
  await visitor.accessible()
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: /Notify the team It is off/ }).waitFor()
  await visitor.accessible()
  visitor.clean()
  await visitor.close()
})

test('with a finger, steps are carried in from the row below and from place to place', async () => {
  const visitor = await begin(server.shop, { viewport: narrow, hasTouch: true, isMobile: true })
  const { page } = visitor
  await page.getByRole('button', { name: /Appointment scheduled/ }).tap()
  const row = page.getByRole('toolbar', { name: 'Steps to add' })
  const titles = () => page.locator('[data-step]:not([data-step=trigger])').allTextContents()
  const done = page.getByRole('dialog').getByRole('button', { name: 'Done' })

  // Pressed, it stands last.
  await row.getByRole('button', { name: 'Notify the team' }).tap()
  await done.tap()
  await expect.poll(titles).toEqual([expect.stringMatching('Notify the team')])

  // Carried up out of the row, it stands where it is let go.
  const first = page.locator('[data-gap="trigger:next"]')
  await carry(page, row.getByRole('button', { name: 'Wait' }), first, 0)
  await done.tap()
  await expect.poll(titles).toEqual([expect.stringMatching('Wait'), expect.stringMatching('Notify the team')])

  // Held until it is lifted, a step goes elsewhere; nothing is opened by that.
  await carry(page, page.getByRole('button', { name: /Notify the team/ }).first(), first, 600)
  await expect.poll(titles).toEqual([expect.stringMatching('Notify the team'), expect.stringMatching('Wait')])
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  // Let go where no place is, nothing comes of it; the same in the graph.
  await page.locator('label').filter({ hasText: 'Graph' }).tap()
  await carry(page, row.getByRole('button', { name: 'Wait' }), page.getByRole('button', { name: 'Undo' }), 0)
  await page.locator('[data-gap]').first().waitFor()
  expect(await page.locator('[data-step]').count()).toBe(3)
  await carry(page, row.getByRole('button', { name: 'Wait' }), first, 0)
  await done.tap()
  await expect.poll(() => page.locator('[data-step]').count()).toBe(4)
  await visitor.accessible()
  visitor.clean()
  await visitor.close()
})

/** Carries something with a finger that rests on it at first, for so many milliseconds. */
async function carry(page: Page, what: Locator, where: Locator, rest: number): Promise<void> {
  const middle = async (l: Locator) => {
    const box = await l.boundingBox()
    if (!box) throw new Error(`${l} is not to be seen`)
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  }
  const finger = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: { x: number; y: number }[]) =>
    finger.send('Input.dispatchTouchEvent', { type, touchPoints })
  const [from, to] = [await middle(what), await middle(where)]
  await touch('touchStart', from)
  await page.waitForTimeout(rest)
  for (let n = 1; n <= 8; n++)
    await touch('touchMove', { x: from.x + ((to.x - from.x) * n) / 8, y: from.y + ((to.y - from.y) * n) / 8 })
  await touch('touchEnd')
  await finger.detach()
}

test('code decides: what it reads is given to it, and a mistake is marked at its place', async () => {
  const visitor = await begin(server.shop)
  const { page } = visitor
  await page.getByRole('button', { name: /Appointment starts/ }).click()
  await page.getByRole('button', { name: 'Add the first step' }).click()
  await page.getByRole('option', { name: /code/i }).click()
  const code = page.getByRole('textbox', { name: 'Code' })
  await code.fill('export default (payload) =>\n  payload.service ===')
  await page.getByText(/^Line 2, character \d+: /).waitFor()
  await page.locator('.cm-lintRange-error').waitFor()
  await page.getByRole('button', { name: 'Let it see that' }).click()
  await page.getByRole('button', { name: 'Let it see that' }).waitFor({ state: 'detached' })
  await visitor.accessible()
  // What it is given is offered behind the name of its parameter.
  await code.fill('export default (payload) =>\n  payload.')
  await page.getByText(/^Line 2, character 11: /).waitFor()
  await page.keyboard.type('serv')
  await page.getByRole('option', { name: /^service/ }).click()
  await page.keyboard.type(" === 'Colouring'")
  await page.locator('.cm-lintRange-error').waitFor({ state: 'detached' })
  expect(await code.textContent()).toContain("payload.service === 'Colouring'")
  await page.getByText('Draft saved').waitFor()
  visitor.clean()
  await visitor.close()
})
