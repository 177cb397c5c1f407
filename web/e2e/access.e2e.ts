import { expect, test } from 'vitest'
import { narrow, Visitor } from './browser'
import { browser, server } from './stage'

// The first operator comes in by the printed link and invites the owner of a site, who
// joins, signs out and in again; a guest comes in by a portal link, inside another page.

const password = 'a harbour of paper boats'

async function picture(visitor: Visitor, name: string): Promise<void> {
  const folder = process.env.BELAY_SCREENSHOTS
  if (folder) await visitor.page.screenshot({ path: `screenshots/${name}.png` })
}

test('the printed link makes the first operator, who invites an owner', async () => {
  const operator = await Visitor.open(browser)
  operator.expected = [401, 428]
  const { page } = operator
  await page.goto(`${server.url}/sign-in`)
  await page.getByText('Nobody can sign in yet.').waitFor()
  await operator.accessible()
  await picture(operator, 'sign-in-first')

  await page.goto(server.firstLink)
  await page.getByRole('heading', { name: 'Become the first operator' }).waitFor()
  expect(page.url()).not.toContain('#')
  await page.getByLabel('Name').fill('Ola Berg')
  await page.getByLabel('Email').fill('ola@example.com')
  await page.getByLabel('Password', { exact: true }).fill('short')
  await page.getByText('7 more characters').waitFor()
  await page.getByLabel('Password', { exact: true }).fill(password)
  await picture(operator, 'welcome-first')
  await operator.accessible()
  await page.getByRole('button', { name: 'Go in' }).click()
  await page.getByText('Ola Berg').first().waitFor()

  await page.goto(`${server.url}/ops/users`)
  await page.getByRole('button', { name: 'Invite somebody' }).first().click()
  await page.getByLabel('Name').fill('Sol Duarte')
  await page.getByLabel('Email').fill('sol@example.com')
  await page.getByRole('combobox', { name: 'Which site?' }).click()
  await page.getByRole('option').filter({ visible: true }).first().click()
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await picture(operator, 'users-invite')
  await operator.accessible()
  await page.getByRole('button', { name: 'Make the invitation' }).click()
  const link = await page.getByRole('textbox', { name: 'A link for Sol Duarte' }).inputValue()
  await picture(operator, 'users-link')
  await operator.accessible()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByText('Invited', { exact: true }).waitFor()
  await picture(operator, 'users')
  operator.clean()

  const owner = await Visitor.open(browser, { viewport: narrow })
  owner.expected = [401]
  await owner.page.goto(link)
  await owner.page.getByRole('heading', { name: 'Welcome, Sol Duarte' }).waitFor()
  await owner.page.getByLabel('Password', { exact: true }).fill(password)
  await picture(owner, 'welcome-invited-narrow')
  await owner.page.getByRole('button', { name: 'Go in' }).click()
  await owner.page.waitForURL(/\/s\//)
  await owner.page.goto(`${server.url}/account`)
  await owner.page.getByText('This browser').waitFor()
  await picture(owner, 'account-narrow')
  await owner.accessible()
  owner.clean()
  await owner.close()

  // The second use of a link.
  const late = await Visitor.open(browser)
  late.expected = [428]
  await late.page.goto(link)
  await late.page.getByRole('heading', { name: 'This link is not good any more' }).waitFor()
  await picture(late, 'welcome-used')
  await late.accessible()
  late.clean()
  await late.close()

  await page.goto(`${server.url}/account`)
  await page.getByText('This browser').waitFor()
  await picture(operator, 'account')
  await operator.accessible()
  await operator.close()
})

test('a wrong password is told in words, the right one leads to where one wanted to go', async () => {
  const visitor = await Visitor.open(browser)
  visitor.expected = [401]
  const { page } = visitor
  await page.goto(`${server.url}/account`)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.getByLabel('Email').fill('ola@example.com')
  await page.getByLabel('Password', { exact: true }).fill('not the right one')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('do not belong together').waitFor()
  await picture(visitor, 'sign-in-wrong')
  await visitor.accessible()
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Your account' }).waitFor()
  visitor.clean()
  await visitor.close()
})

test('a portal link opens one site inside a page that is allowed, in the colours of its platform', async () => {
  await server.call('PUT', `/belay/v1/sites/${server.shop}/portal`, {
    name: 'Chairs & Co',
    colors: { primary: '#9a3412' },
    ancestors: ['http://localhost'],
  })
  const { url } = await server.call<{ url: string }>('POST', `/belay/v1/sites/${server.shop}/portal-links`, {
    userId: 'user-17',
  })
  const guest = await Visitor.open(browser)
  await guest.page.goto(url)
  await guest.page.waitForURL(new RegExp(`/s/${server.shop}/automations`))
  await guest.page.getByText('Chairs & Co').filter({ visible: true }).first().waitFor()
  await picture(guest, 'portal-guest')
  expect(await guest.page.getByRole('link', { name: 'Users' }).count()).toBe(0)
  guest.clean()
  await guest.close()

  const late = await Visitor.open(browser)
  late.expected = [428]
  await late.page.goto(url)
  await late.page.getByRole('heading', { name: 'This page has to be opened anew' }).waitFor()
  late.clean()
  await late.close()
})

test('the preview shows the portal inside its own page', async () => {
  const visitor = await Visitor.open(browser)
  await visitor.signedInByKey(server)
  await visitor.page.goto(`${server.url}/s/${server.shop}/portal`)
  await visitor.page.getByRole('button', { name: 'Show the preview' }).click()
  const frame = visitor.page.frameLocator('iframe')
  await frame.getByText('Chairs & Co').filter({ visible: true }).first().waitFor()
  // The page around it is still whose it was.
  await visitor.page.reload()
  await visitor.page.getByRole('heading', { name: 'Portal' }).waitFor()
  await picture(visitor, 'portal-settings-wide')
  visitor.clean()
  await visitor.close()
})

test('an owner sees who came by a portal link, and signs one of them out', async () => {
  const { url } = await server.call<{ url: string }>('POST', `/belay/v1/sites/${server.shop}/portal-links`, {
    userId: 'user-18',
    role: 'VIEWER',
  })
  const guest = await Visitor.open(browser)
  await guest.page.goto(url)
  await guest.page.waitForURL(new RegExp(`/s/${server.shop}/automations`))

  const visitor = await Visitor.open(browser)
  await visitor.signedInByKey(server)
  await visitor.page.goto(`${server.url}/s/${server.shop}/portal`)
  const list = visitor.page.getByRole('region', { name: 'Who is there' })
  const row = list.getByRole('listitem').filter({ hasText: 'user-18' })
  await row.getByText('Viewer').waitFor()
  await picture(visitor, 'portal-guests')
  await row.getByRole('button', { name: 'Sign user-18 out' }).click()
  await row.waitFor({ state: 'detached' })
  visitor.clean()
  await visitor.close()

  guest.expected = [401]
  await guest.page.reload()
  await guest.page.getByRole('heading', { name: 'This page has to be opened anew' }).waitFor()
  guest.clean()
  await guest.close()
})
