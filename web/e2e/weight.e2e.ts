import { expect, test } from 'vitest'
import { Visitor } from './browser'
import { browser, server } from './stage'

/** What the list of automations may load of JavaScript, compressed, before anybody touches it. */
const budget = 200_000

test('the list of automations is light, and asks for what it shows in one wave', async () => {
  const visitor = await Visitor.open(browser)
  await visitor.signedInByKey(server)
  const scripts: { name: string; bytes: number }[] = []
  const sizes: Promise<void>[] = []
  visitor.page.on('requestfinished', (request) => {
    if (request.resourceType() !== 'script') return
    sizes.push(
      request.sizes().then(({ responseBodySize }) => {
        scripts.push({ name: new URL(request.url()).pathname, bytes: responseBodySize })
      }),
    )
  })
  await visitor.page.goto(`${server.url}/s/${server.shop}/automations`)
  await visitor.page.getByText(/^\d+ automations$/).waitFor()
  await visitor.page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)))
  await Promise.all(sizes)
  scripts.sort((a, b) => b.bytes - a.bytes)
  const total = scripts.reduce((sum, s) => sum + s.bytes, 0)
  if (process.env.BELAY_WEIGHT)
    process.stdout.write(`${total} bytes\n${scripts.map((s) => `${s.bytes} ${s.name}`).join('\n')}\n`)
  expect(
    total,
    scripts
      .map((s) => `${s.bytes} ${s.name}`)
      .slice(0, 12)
      .join('\n'),
  ).toBeLessThanOrEqual(budget)
  visitor.clean()
})
