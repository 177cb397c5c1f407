import { beforeAll, expect, test } from 'vitest'
import { narrow, Visitor } from './browser'
import { browser, server } from './stage'

/** What the draft holds once it has been saved. */
const saved = <T>(ask: () => Promise<T>) => expect.poll(ask, { timeout: 10_000 })

let visitor: Visitor

beforeAll(async () => {
  visitor = await Visitor.open(browser)
  await visitor.signedInByKey(server)
})

/** The draft as the server has kept it. */
async function kept(): Promise<{ trigger: Record<string, unknown>; inputs: Record<string, string> }> {
  const id = new URL(visitor.page.url()).pathname.split('/').at(-1)
  const { draft } = await server.call<{ draft?: Kept }>('GET', `/belay/v1/builder?automationId=${id}`)
  const configuration = draft?.configuration
  const [step] = Object.values(configuration?.actions ?? {})
  return { trigger: configuration?.trigger ?? {}, inputs: step?.appDefinedInfo?.inputMapping ?? {} }
}

type Kept = {
  configuration: {
    trigger: Record<string, unknown>
    actions: Record<string, { appDefinedInfo?: { inputMapping?: Record<string, string> } }>
  }
}

test('a time before the date is said with a date', async () => {
  const { page } = visitor
  await page.goto(`${server.url}/s/${server.shop}/automations/new`)
  await page
    .getByRole('button', { name: /Appointment starts/ })
    .first()
    .click()
  await page.getByLabel('Some time before').click()
  await page.getByText(/If “Start” is .* this runs .*/).waitFor()
  await saved(async () => (await kept()).trigger.scheduledEventOffset).toBeTruthy()
  await visitor.accessible()
})

test('a mail is written by keyboard, with values that are looked up while one types', async () => {
  const { page } = visitor
  await page.getByRole('button', { name: 'Add the first step' }).click()
  await page.getByText('Send an email').first().click()
  await page.getByRole('textbox', { name: 'Subject' }).click()
  await page.keyboard.type('See you {{when')
  await page.getByRole('option', { name: /in words/ }).waitFor()
  await page.waitForTimeout(150) // a list that has just come up takes no Enter that was meant for the text
  await page.keyboard.press('Enter')
  await page.getByText('For example: See you').waitFor()
  await page.getByRole('textbox', { name: 'Message' }).click()
  await page.keyboard.type('Dear {{custmer_name}}, {{uper(service)}}.')
  await page.getByText('There is no function called “uper”.').waitFor()
  await visitor.accessible()
  await page.getByRole('button', { name: 'Use upper' }).click()
  await page.getByText('There is no value called “custmer_name” here.').waitFor()
  await page.getByRole('button', { name: 'Use customer_name' }).click()
  await page.getByText('For example: Dear Ines Duarte, HAIRCUT.').waitFor()
  await saved(async () => (await kept()).inputs.text).toBe('Dear {{customer_name}}, {{upper(service)}}.')
  expect((await kept()).inputs.subject).toBe('See you {{var("when")}}')
  visitor.clean()
})

test('the list of values is as good by keyboard, on a phone', async () => {
  const { page } = visitor
  await page.setViewportSize(narrow)
  // The form moves into a drawer, which takes the focus first.
  await page.locator('[role=dialog]:focus-within').waitFor()
  await page.getByRole('button', { name: 'Insert a value into Message' }).press('Enter')
  // Who types looks where the cursor is first.
  await page.getByRole('textbox', { name: 'Search values' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.type('collab')
  await page.getByRole('option', { name: /Customer/ }).waitFor({ state: 'detached' })
  await visitor.accessible()
  await page.keyboard.press('Enter')
  await saved(async () => (await kept()).inputs.text).toContain('{{var("collaborator")}}')
  // A chip is taken away as one.
  await page.keyboard.press('Backspace')
  await saved(async () => (await kept()).inputs.text).not.toContain('collaborator')
  visitor.clean()
})
