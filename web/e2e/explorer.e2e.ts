import { expect, test } from 'vitest'
import { Visitor } from './browser'
import { browser, server } from './stage'

test('a trigger is declared by keyboard, its schema made of a payload and mended', async () => {
  const visitor = await Visitor.open(browser)
  const { page } = visitor
  await visitor.signedInByKey(server)
  await page.goto(`${server.url}/dev/apps/${server.app}?edit=`)
  await page.getByRole('textbox', { name: 'Display name' }).fill('Table is free')
  expect(await page.getByRole('textbox', { name: 'Trigger key' }).inputValue()).toBe('table-is-free')

  await page
    .getByRole('group', { name: 'Payload' })
    .getByRole('button', { name: 'Make it of a payload' })
    .click()
  const paste = page.getByRole('dialog').getByRole('textbox', { name: 'Make it of a payload' })
  await paste.fill('{"guest_email": "ada@example.com", "seats": 4}')
  await page.getByRole('button', { name: 'Make the schema' }).click()
  const keys = page.getByRole('textbox', { name: 'Key', exact: true })
  await expect.poll(() => keys.count()).toBe(2)

  await keys.first().fill('guest email')
  await page.getByText('1 problem', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Rename it to "guest_email"' }).press('Enter')
  await page.getByText('The schema keeps to all rules').waitFor()
  await visitor.accessible()
  await page.getByRole('button', { name: 'Save' }).press('Enter')
  await page.getByRole('button', { name: /Table is free/ }).waitFor()
  visitor.clean()
})

test('a filter that a trigger offers is declared by a form, and asked in the builder', async () => {
  const visitor = await Visitor.open(browser)
  const { page } = visitor
  await visitor.signedInByKey(server)
  await page.goto(`${server.url}/dev/apps/${server.app}?edit=`)
  await page.getByRole('textbox', { name: 'Display name' }).fill('Order is paid')
  const filters = page.getByRole('group', { name: 'Filters' })
  await filters.getByRole('button', { name: 'Add a filter' }).click()
  // The question is that of the field until another is put.
  await filters.getByRole('combobox', { name: 'Field' }).fill('nothing')
  await filters.getByText('The payload has no such property.').waitFor()
  await filters.getByRole('combobox', { name: 'Field' }).fill('name')
  await filters.getByRole('textbox', { name: 'Question' }).fill('Whose orders?')
  await filters.getByRole('combobox', { name: 'Answer' }).click()
  await page.getByRole('option', { name: 'From a list' }).click()
  await filters.getByText('What do events have here?').waitFor()
  await filters.getByRole('textbox', { name: 'Value 1', exact: true }).fill('ada')
  await filters.getByRole('textbox', { name: 'What value 1 is called' }).fill('Those of Ada')
  await filters.getByRole('button', { name: 'More on the filter Whose orders?' }).click()
  await filters.getByRole('textbox', { name: 'Explanation' }).fill('By the name on them')
  await visitor.accessible()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: /Order is paid/ }).click()
  await filters.getByText('JSON', { exact: true }).click()
  await filters.getByText('Those of Ada').waitFor()

  await page.goto(`${server.url}/s/${server.shop}/automations/new`)
  await page.getByRole('button', { name: /Order is paid/ }).click()
  await page.getByText('By the name on them').waitFor()
  await page.getByLabel('Whose orders?').first().click()
  await page.getByRole('option', { name: 'Those of Ada' }).waitFor()
  visitor.clean()
})

test('a secret of an app is shown once, and never again', async () => {
  const visitor = await Visitor.open(browser)
  const { page } = visitor
  await visitor.signedInByKey(server)
  await page.goto(`${server.url}/dev/apps/${server.app}?tab=keys`)
  await page.getByRole('button', { name: 'New secret' }).click()
  await page.getByRole('button', { name: 'Make it' }).click()
  const dialog = page.getByRole('dialog', { name: 'This is shown once' })
  const secret = await dialog.getByText(/^belay_/).textContent()
  expect(secret?.length).toBeGreaterThan(20)
  await dialog.getByRole('button', { name: 'I have copied it' }).click()
  await page.getByText(`…${secret?.slice(-4)}`).waitFor()
  await page.reload()
  await page.getByText(`…${secret?.slice(-4)}`).waitFor()
  expect(await page.content()).not.toContain(secret)
  visitor.clean()
})

test('why a signature does not pass is told, and nothing is sent', async () => {
  const visitor = await Visitor.open(browser)
  const { page } = visitor
  await visitor.signedInByKey(server)
  await page.goto(`${server.url}/dev/signature`)
  await page
    .getByRole('textbox', { name: 'Headers' })
    .fill('webhook-id: msg_1\nwebhook-timestamp: 1\nwebhook-signature: v1,AAAA')
  await page.getByRole('textbox', { name: 'Body' }).fill('{"a": 1}')
  await page.getByRole('textbox', { name: 'Secrets' }).fill(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)
  const sent: string[] = []
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`))
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByText('This is not a request as Belay made it').waitFor()
  expect(sent.filter((one) => one.includes('whsec_'))).toEqual([])
  visitor.clean()
})

test('events of all sites stand in one list, which says where each took place and grows by itself', async () => {
  const visitor = await Visitor.open(browser)
  const { page } = visitor
  const report = (site: string, key: string) =>
    server.call(
      'POST',
      '/automations/v1/events/report',
      {
        triggerKey: 'appointment_scheduled',
        appId: server.app,
        idempotency: { key },
        payload: {
          customer_name: 'Ines Duarte',
          customer_email: 'ines@example.com',
          service: 'Haircut',
          collaborator: 'Rui',
          when: 'Tuesday 12 May, 09:00',
        },
      },
      site,
    )
  const { sites } = await server.call<{ sites: { id: string; name: string }[] }>('GET', '/belay/v1/sites')
  const named = (id: string) => sites.find((one) => one.id === id)?.name ?? ''
  await report(server.shop, 'here')
  await report(server.site, 'there')
  await visitor.signedInByKey(server)
  await page.goto(`${server.url}/dev/events`)
  await page.getByRole('combobox', { name: 'Site', exact: true }).click()
  await page.getByRole('option', { name: 'All sites' }).click()
  const row = (key: string) => page.getByRole('link').filter({ has: page.getByText(key, { exact: true }) })
  await row('here').getByText(named(server.shop)).waitFor()
  await row('there').getByText(named(server.site)).waitFor()
  await report(server.site, 'just now')
  await row('just now').getByText(named(server.site)).waitFor()

  await row('there').click()
  await page.getByRole('link', { name: 'All events' }).click()
  await row('here').waitFor()

  await page.getByRole('button', { name: 'Report an event' }).click()
  const drawer = page.getByRole('dialog', { name: 'Report an event' })
  expect(await drawer.getByRole('combobox', { name: 'Trigger' }).count()).toBe(0)
  await drawer.getByRole('combobox', { name: 'Site' }).click()
  await page
    .getByRole('listbox', { name: 'Site' })
    .getByRole('option', { name: named(server.site) })
    .click()
  await drawer.getByRole('combobox', { name: 'Trigger' }).click()
  await page.getByRole('option', { name: 'Appointment scheduled' }).click()
  await drawer.getByRole('button', { name: 'Report', exact: true }).click()
  await page.waitForURL(new RegExp(`/dev/events/${server.site}/`))
  visitor.clean()
})

const enrolled = {
  participant_name: 'Tomas Reis',
  participant_email: 'tomas@example.com',
  class: 'Pottery',
  when: 'Saturday, 10:00',
}
const booked = {
  customer_name: 'Ines Duarte',
  customer_email: 'ines@example.com',
  service: 'Haircut',
  collaborator: 'Rui',
  when: 'Tuesday, 09:00',
}

test('who develops several apps chooses for which one they ask', async () => {
  const { apps } = await server.call<{ apps: { id: string; name: string }[] }>('GET', '/belay/v1/apps')
  const { link } = await server.call<{ link: { url: string } }>('POST', '/belay/v1/users', {
    name: 'Dev Silva',
    email: 'dev@example.com',
    grants: apps.map((app) => ({ role: 'DEVELOPER', appId: app.id })),
  })
  const courses = apps.find((app) => app.name === 'Courses')?.id
  const reported = await server.call<{ eventId: string }>(
    'POST',
    '/automations/v1/events/report',
    { appId: courses, triggerKey: 'participant_enrolled_in_class', payload: enrolled },
    server.site,
  )
  await server.call(
    'POST',
    '/automations/v1/events/report',
    { appId: server.app, triggerKey: 'appointment_scheduled', payload: booked },
    server.site,
  )
  const visitor = await Visitor.open(browser)
  visitor.expected = [401]
  const { page } = visitor
  await page.goto(link.url)
  await page.getByRole('textbox', { name: 'Password' }).fill('a harbour of paper boats')
  await page.getByRole('button', { name: 'Go in' }).click()
  await page.waitForURL(/\/s\//)

  await page.goto(`${server.url}/dev/events?site=${server.site}`)
  const list = page.getByRole('region', { name: 'Events, newest first' })
  const choice = page.getByRole('combobox', { name: 'App', exact: true })
  await choice.click()
  await page.getByRole('option', { name: 'Courses' }).click()
  await list.getByText('Participant enrolled in a class').first().waitFor()
  expect(await list.getByText('Appointment scheduled').count()).toBe(0)
  await choice.click()
  await page.getByRole('option', { name: 'Appointments' }).click()
  await list.getByText('Appointment scheduled').first().waitFor()
  expect(await list.getByText('Participant enrolled in a class').count()).toBe(0)
  await visitor.accessible()

  // An event of the other app opens as well, wherever its address came from.
  visitor.expected.push(403, 404)
  await page.goto(`${server.url}/dev/events/${server.site}/${reported.eventId}`)
  await page.getByRole('heading', { name: 'Participant enrolled in a class' }).waitFor()
  visitor.clean()
  await visitor.close()
})
