import { test } from 'vitest'
import { Visitor } from './browser'
import { browser, server } from './stage'

test('a page that does not exist says so, and is accessible', async () => {
  const visitor = await Visitor.open(browser)
  await visitor.signedInByKey(server)
  await visitor.page.goto(`${server.url}/dev/nowhere`)
  await visitor.page.getByRole('heading', { name: 'There is no such page' }).waitFor()
  await visitor.accessible()
  visitor.clean()
})
