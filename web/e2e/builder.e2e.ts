import { expect, test } from 'vitest'
import { narrow, Visitor } from './browser'
import { browser, server } from './stage'

// The appointment reminder, built from nothing and published: by mouse, by keyboard
// alone, and on a phone.

type Stored = {
  name: string
  configuration: {
    status: string
    trigger: { triggerKey: string; scheduledEventOffset?: object }
    actions: Record<string, { appDefinedInfo?: { actionKey: string; inputMapping: object } }>
  }
}

/** The automation of a name as the server has it. */
async function stored(name: string): Promise<Stored | undefined> {
  const { automations } = await server.call<{ automations: Stored[] }>('POST', '/v2/automations/query', {
    query: { filter: { name } },
  })
  return automations[0]
}

/** Holds what is stored against the reminder: a day before, by email to the customer. */
async function expectReminder(name: string) {
  const automation = await stored(name)
  expect(automation?.configuration).toMatchObject({
    status: 'ACTIVE',
    trigger: {
      triggerKey: 'appointment_starting',
      scheduledEventOffset: { scheduledEventOffsetTimeUnit: 'DAYS' },
    },
  })
  const steps = Object.values(automation?.configuration.actions ?? {})
  expect(steps).toHaveLength(1)
  expect(steps[0]?.appDefinedInfo).toMatchObject({
    actionKey: 'send_email',
    inputMapping: { to: '{{var("customer_email")}}', subject: 'See you tomorrow', text: 'We expect you.' },
  })
}

async function begin(site: string, options = {}) {
  const visitor = await Visitor.open(browser, options)
  await visitor.signedInByKey(server)
  await visitor.page.goto(`${server.url}/s/${site}/automations/new`)
  await visitor.page.getByRole('heading', { name: 'What starts it?' }).waitFor()
  return visitor
}

test('the reminder is built and published by mouse', async () => {
  const visitor = await begin(server.shop)
  const { page } = visitor
  await page.getByRole('button', { name: /Appointment starts/ }).click()
  await page.getByRole('radio', { name: 'Some time before' }).click()
  await page.getByRole('button', { name: 'Add the first step' }).click()
  await page.getByRole('option', { name: /Send an email/ }).click()
  await page.getByRole('textbox', { name: 'Subject' }).fill('See you tomorrow')
  await page.getByRole('textbox', { name: 'Message' }).fill('We expect you.')
  await page.getByRole('textbox', { name: 'Name of the automation' }).fill('By mouse')
  await page.getByText('1 day before').first().waitFor()
  await page.getByText('Draft saved').waitFor()
  await visitor.accessible()
  await page.getByRole('button', { name: 'Preview' }).click()
  const preview = page.getByRole('dialog', { name: 'Preview' })
  await preview.getByText('This is a preview: nothing was sent.').waitFor()
  await visitor.accessible()
  await preview.getByRole('button', { name: 'Close' }).click()
  await preview.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: /^Publish/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('From now on it runs').waitFor()
  await visitor.accessible()
  await dialog.getByRole('button', { name: 'Publish' }).click()
  await page.getByText('Published and on').waitFor()
  await expectReminder('By mouse')
  visitor.clean()
  await visitor.close()
})

test('the reminder is built and published by keyboard alone', async () => {
  const visitor = await begin(server.shop)
  const { page } = visitor
  const { keyboard } = page
  /** Goes on by Tab until what has the focus is called so. */
  const tabTo = async (name: RegExp, back = false) => {
    for (let n = 0; n < 60; n++) {
      const called = await page.evaluate(() => {
        const e = document.activeElement as HTMLElement | null
        const labels = (e as HTMLInputElement | null)?.labels
        const by = document.getElementById(e?.getAttribute('aria-labelledby') ?? '')?.textContent
        return `${e?.getAttribute('aria-label') ?? by ?? ''} ${labels?.[0]?.textContent ?? ''} ${e?.textContent ?? ''}`
      })
      if (name.test(called.trim())) return
      await keyboard.press(back ? 'Shift+Tab' : 'Tab')
    }
    throw new Error(`Tab does not lead to ${name}`)
  }
  await tabTo(/^Appointment starts/)
  await keyboard.press('Enter')
  await page.getByRole('button', { name: 'Add the first step' }).waitFor()
  await tabTo(/^At that very time/)
  await keyboard.press('ArrowUp')
  await tabTo(/^When ?Appointment starts/, true)
  await keyboard.press('+')
  await page.getByRole('combobox', { name: /Search/ }).waitFor()
  await keyboard.type('email')
  await keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Subject' }).waitFor()
  await tabTo(/^Subject/)
  await keyboard.type('See you tomorrow')
  await tabTo(/^Message/)
  await keyboard.type('We expect you.')
  // What was done can be undone and done again from the step.
  await tabTo(/^Send an email/, true)
  await keyboard.press('Delete')
  await page.getByRole('button', { name: 'Add the first step' }).waitFor()
  await page.locator('[data-step=trigger]:focus').waitFor()
  await keyboard.press('Control+z')
  await page.getByRole('button', { name: 'Add the first step' }).waitFor({ state: 'detached' })
  await tabTo(/^Publish/, true)
  await page.getByText('Draft saved').waitFor()
  await keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.getByText('From now on it runs').waitFor()
  await page.waitForFunction(() =>
    document.querySelector('[role=dialog] button[data-autofocus][aria-disabled=false]:focus'),
  )
  await keyboard.press('Enter')
  await page.getByText('Published and on').waitFor()
  await expectReminder('Appointment starts')
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
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: /Notify the team It is off/ }).waitFor()
  await visitor.accessible()
  visitor.clean()
  await visitor.close()
})
