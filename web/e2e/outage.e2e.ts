import { describe, expect, test } from 'vitest'
import { narrow, Visitor, wide } from './browser'
import { pages } from './pages'
import { Server } from './server'
import { browser, server } from './stage'

// While the server is down, slow or broken, every page says so, and is itself again
// without being loaded anew.

const calls =
  /^https?:\/\/[^/]+\/(belay|automations|automations-service|activation-logs|trigger-catalog-service|action-catalog-service)\//

describe.each(pages.map((page) => [page.name, page] as const))('%s', (_, target) => {
  test('says that the server answers 500, and recovers', async () => {
    const visitor = await Visitor.open(browser)
    visitor.expected = [500]
    await visitor.signedInByKey(server)
    await visitor.page.route(calls, (route) => route.fulfill({ status: 500, body: 'broken' }))
    await visitor.page.goto(server.url + (await target.path(server)))
    await visitor.page.getByText('Belay does not answer').first().waitFor()
    await visitor.page.unroute(calls)
    await visitor.page.getByText(target.ready).first().waitFor()
    await visitor.page.getByText('Belay does not answer').first().waitFor({ state: 'detached' })
    visitor.clean()
    await visitor.close()
  })
})

test('a page that is open while the server is killed says so, and goes on when it is back', async () => {
  const [first] = pages
  if (!first) return expect(pages).not.toEqual([])
  const doomed = await Server.start()
  const visitor = await Visitor.open(browser)
  visitor.expected = [0]
  await visitor.signedInByKey(doomed)
  await visitor.page.goto(doomed.url + (await first.path(doomed)))
  await visitor.page.getByText(first.ready).first().waitFor()
  const place = await doomed.kill()
  await visitor.page.evaluate(() => dispatchEvent(new Event('visibilitychange')))
  await visitor.page.getByText('Belay does not answer').first().waitFor({ timeout: 30_000 })
  const back = await Server.start(place)
  await visitor.page
    .getByText('Belay does not answer')
    .first()
    .waitFor({ state: 'detached', timeout: 30_000 })
  await visitor.page.getByText(first.ready).first().waitFor()
  visitor.clean()
  await visitor.close()
  await back.stop()
})

test('a page whose server is slow says so', async () => {
  const [first] = pages
  if (!first) return expect(pages).not.toEqual([])
  const visitor = await Visitor.open(browser)
  await visitor.signedInByKey(server)
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await visitor.page.route(calls, async (route) => {
    await held
    await route.continue()
  })
  await visitor.page.goto(server.url + (await first.path(server)))
  await visitor.page.getByText('This takes longer than usual.').waitFor()
  release()
  await visitor.page.getByText(first.ready).first().waitFor()
  visitor.clean()
  await visitor.close()
})

test.each([wide, narrow])(
  'the banner stands above the builder, $width pixels wide, and covers nothing of it',
  async (viewport) => {
    const builder = pages.find((page) => page.name === 'builder')
    if (!builder) throw new Error('there is no builder')
    const visitor = await Visitor.open(browser, { viewport })
    visitor.expected = [500]
    const { page } = visitor
    await visitor.signedInByKey(server)
    await page.goto(server.url + (await builder.path(server)))
    await page.getByText(builder.ready).first().waitFor()
    await page.route(/\/healthz$/, (route) => route.fulfill({ status: 500, body: 'broken' }))
    await page.evaluate(() => dispatchEvent(new Event('visibilitychange')))
    const banner = page.getByRole('status').filter({ hasText: 'Belay does not answer' })
    await banner.waitFor({ timeout: 30_000 })
    const above = await banner.boundingBox()
    const below = await page.getByRole('button', { name: 'Publish', exact: true }).boundingBox()
    expect(below?.y).toBeGreaterThan((above?.y ?? 0) + (above?.height ?? 0))
    const left = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)
    expect(left, 'pixels below the window').toBeLessThanOrEqual(0)
    visitor.clean()
    await visitor.close()
  },
)
