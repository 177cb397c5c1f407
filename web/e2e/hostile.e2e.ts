import { beforeAll, expect, test } from 'vitest'
import { Visitor } from './browser'
import { pages } from './pages'
import type { Server } from './server'
import { browser, server } from './stage'

// Whatever a stranger puts into a name, a payload, a mail or an error is shown as text.

const attack = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><a href="javascript:window.hacked=1">x</a>`

beforeAll(async () => {
  await attackEverywhere(server)
})

async function attackEverywhere(server: Server): Promise<void> {
  const name = attack.slice(0, 80)
  await server.call('PUT', `/belay/v1/sites/${server.shop}`, {
    name,
    timeZone: 'Europe/Lisbon',
    locale: 'en-GB',
  })
  const { apps } = await server.call<{ apps: { id: string; name: string }[] }>('GET', '/belay/v1/apps')
  const app = apps.find((a) => a.name === 'Appointments')
  if (!app) throw new Error('the demo has no app Appointments')
  await server.call('PUT', `/belay/v1/apps/${app.id}`, { name })
  const string = (title: string) => ({ type: 'string', title, examples: [attack] })
  await server.call('PUT', `/belay/v1/apps/${app.id}/triggers/hostile`, {
    displayName: name,
    payloadSchema: {
      type: 'object',
      properties: { customer_name: string(attack), customer_email: string(attack) },
    },
  })
  const automation = {
    name,
    description: attack,
    status: 'ACTIVE',
    origin: 'USER',
    configuration: {
      status: 'ACTIVE',
      trigger: { appId: app.id, triggerKey: 'hostile' },
      rootActionIds: ['00000000-0000-4000-8000-0000000000a1'],
      actions: {
        '00000000-0000-4000-8000-0000000000a1': mail('00000000-0000-4000-8000-0000000000a1', [
          '00000000-0000-4000-8000-0000000000a2',
        ]),
        '00000000-0000-4000-8000-0000000000a2': notification('00000000-0000-4000-8000-0000000000a2'),
      },
    },
  }
  await server.call('PUT', '/belay/v1/automations/00000000-0000-4000-8000-00000000f00d', { automation })
  await server.call('POST', '/automations/v1/events/report', {
    appId: app.id,
    triggerKey: 'hostile',
    payload: { customer_name: attack, customer_email: attack },
  })
}

const mail = (id: string, next: string[]) => ({
  id,
  type: 'APP_DEFINED',
  namespace: 'mail',
  appDefinedInfo: {
    appId: 'belay',
    actionKey: 'send_email',
    inputMapping: {
      to: 'ines@example.com',
      subject: attack,
      text: attack,
      html: `${attack} {{var("customer_name")}}`,
    },
    postActionIds: next,
  },
})

const notification = (id: string) => ({
  id,
  type: 'APP_DEFINED',
  namespace: 'tell',
  appDefinedInfo: {
    appId: 'belay',
    actionKey: 'notify',
    inputMapping: { title: attack, message: '{{var("customer_name")}}' },
    postActionIds: [],
  },
})

test.each(pages.map((page) => [page.name, page] as const))('%s runs nothing of it', async (_, target) => {
  const visitor = await Visitor.open(browser)
  // A stream never ends, and would never let the page come to rest.
  visitor.expected = [0]
  await visitor.page.route('**/belay/v1/live**', (route) => route.abort())
  await visitor.signedInByKey(server)
  await visitor.page.goto(server.url + (await target.path(server)))
  await visitor.page.locator('h1').first().waitFor()
  await visitor.page.waitForLoadState('networkidle')
  expect(await visitor.page.evaluate(() => 'hacked' in window)).toBe(false)
  // An image of the attack that came to be would be an element.
  expect(await visitor.page.locator('img[src="x"]').count()).toBe(0)
  visitor.clean()
  await visitor.close()
})

test('the HTML of a mail is shown in the preview as it looks, without what acts', async () => {
  const visitor = await Visitor.open(browser)
  await visitor.signedInByKey(server)
  await visitor.page.goto(`${server.url}/s/${server.shop}/preview?trigger=${server.app}/hostile`)
  const shown = visitor.page.frameLocator('iframe[title="The mail, as it looks"]').first()
  await shown.locator('a').first().waitFor()
  expect(await shown.locator('[href], img, script').count()).toBe(0)
  expect(await visitor.page.evaluate(() => 'hacked' in window)).toBe(false)
  visitor.clean()
  await visitor.close()
})
