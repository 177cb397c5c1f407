import { expect, test } from 'vitest'
import { narrow, Visitor } from './browser'
import { browser, server } from './stage'

// The browser's own fields for dates follow the browser. These follow the site, which is
// in Lisbon and writes the day first.

const field = { name: 'As if it were' }

async function opened(options = {}): Promise<Visitor> {
  const visitor = await Visitor.open(browser, { timezoneId: 'Pacific/Auckland', locale: 'en-US', ...options })
  await visitor.signedInByKey(server)
  await visitor.page.goto(`${server.url}/s/${server.shop}/preview?trigger=${server.app}/appointment_starting`)
  return visitor
}

test('a moment is typed as people of the site write it, and said back in words', async () => {
  const visitor = await opened()
  const { page } = visitor
  const when = page.getByRole('textbox', field)
  const asked: string[] = []
  page.on('request', (r) => {
    if (r.url().endsWith('/events/preview')) asked.push((r.postDataJSON() as { now?: string }).now ?? '')
  })
  await when.fill('2/7/2030 8:30')
  await when.press('Enter')
  await expect.poll(() => when.inputValue()).toBe('2 Jul 2030, 08:30')
  // Half past eight in Lisbon's summer.
  await expect.poll(() => asked.at(-1)).toBe('2030-07-02T07:30:00.000Z')
  await when.fill('soon')
  await when.press('Tab')
  await page.getByText(/Write it like “21 May \d{4}, 14:30”/).waitFor()
  await visitor.accessible()
  expect(asked.at(-1)).toBe('2030-07-02T07:30:00.000Z')
  visitor.clean()
})

test('a moment is chosen from the calendar by keyboard, in weeks that begin on Monday', async () => {
  const visitor = await opened()
  const { page } = visitor
  const when = page.getByRole('textbox', field)
  await when.fill('2 Jul 2030, 08:30')
  await when.press('Tab')
  await page.keyboard.press('Enter')
  const calendar = page.getByRole('dialog', { name: 'Choose from a calendar' })
  await calendar.getByRole('button', { name: /Tuesday,? 2 July 2030/ }).waitFor()
  expect(await calendar.locator('th').allTextContents()).toEqual([
    'Mon',
    'Tue',
    'Wed',
    'Thu',
    'Fri',
    'Sat',
    'Sun',
  ])
  await visitor.accessible()
  await calendar.getByRole('button', { name: /Tuesday,? 2 July 2030/ }).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await calendar.getByRole('spinbutton', { name: 'Hours' }).focus()
  await page.keyboard.type('1745')
  await page.keyboard.press('Escape')
  await calendar.waitFor({ state: 'detached' })
  await expect.poll(() => when.inputValue()).toBe('9 Jul 2030, 17:45')
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Choose from a calendar')
  visitor.clean()
})

test('the calendar of a form in a drawer shuts without the drawer', async () => {
  const visitor = await Visitor.open(browser)
  const { page } = visitor
  await visitor.signedInByKey(server)
  await page.goto(`${server.url}/dev/events?site=${server.shop}&report=${server.app}/appointment_starting`)
  await page.getByRole('textbox', { name: 'Start' }).waitFor()
  const choose = page.getByRole('button', { name: 'Choose from a calendar' })
  await choose.click()
  const calendar = page.getByRole('dialog', { name: 'Choose from a calendar' })
  await calendar.getByRole('spinbutton', { name: 'Minutes' }).fill('20')
  await page.keyboard.press('Escape')
  await calendar.waitFor({ state: 'detached' })
  await choose.and(page.locator(':focus')).waitFor()
  expect(await page.getByRole('textbox', { name: 'Start' }).inputValue()).toMatch(/:20$/)
  await visitor.accessible()
  visitor.clean()
})

test('in Arabic the calendar is an Arabic one, and both kinds of figures are read', async () => {
  const visitor = await opened({ viewport: narrow })
  const { page } = visitor
  await page.evaluate(() => localStorage.setItem('belay.language', 'ar'))
  await page.reload()
  const when = page.locator('main input:not([type=radio])').last()
  await when.fill('٢ يوليو ٢٠٣٠ ٨:٣٠ م')
  await when.press('Tab')
  await expect.poll(() => when.inputValue()).toContain('يوليو')
  await page.keyboard.press('Enter')
  const calendar = page.getByRole('dialog')
  await calendar.getByRole('spinbutton').first().waitFor()
  expect(await calendar.getByRole('spinbutton').first().inputValue()).toBe('20')
  const { x, width } = (await calendar.boundingBox()) ?? { x: -1, width: 0 }
  expect(x).toBeGreaterThanOrEqual(0)
  expect(x + width).toBeLessThanOrEqual(narrow.width)
  await visitor.accessible()
  visitor.clean()
})
