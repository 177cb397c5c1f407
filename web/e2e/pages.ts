import type { Server } from './server'

/** A page of the console, for what is held against each of them: pictures, axe, outages, hostile texts. */
export type Target = {
  /** Names the pictures. */
  name: string
  /** Where it is, on a server whose salon is as the demo books it. */
  path: (server: Server) => string | Promise<string>
  /** A text that stands there once all is loaded. */
  ready: RegExp
  /** What can only be asked for when something else is known, as the preview of an example. */
  follows?: RegExp
  /** What is done before a picture, such as opening a panel; at most a few clicks. */
  before?: (page: import('playwright-core').Page) => Promise<void>
}

/** Every page. Whoever adds a page adds a line. */
export const pages: Target[] = [
  { name: 'automations', path: (s) => `/s/${s.shop}/automations`, ready: /\d+ automations?$|No automation/m },
  {
    name: 'automations-nothing-found',
    path: (s) => `/s/${s.shop}/automations?search=zzz`,
    ready: /Nothing found/,
  },
  { name: 'templates', path: (s) => `/s/${s.shop}/templates`, ready: /Make it mine/ },
  {
    name: 'upcoming',
    path: (s) => `/s/${s.shop}/upcoming`,
    ready: /Today|Tomorrow|Nothing is coming up|Show later/,
  },
  {
    name: 'upcoming-calendar',
    path: (s) => `/s/${s.shop}/upcoming?view=calendar`,
    ready: /\d{4}/,
  },
  {
    name: 'preview',
    path: (s) => `/s/${s.shop}/preview?trigger=${s.app}/appointment_starting`,
    ready: /This is a preview|Nothing would happen/,
    follows: /events\/preview$/,
  },
  { name: 'ops', path: () => '/ops', ready: /Busiest sites/ },
  { name: 'ops-sites', path: () => '/ops/sites', ready: /Europe/ },
  { name: 'ops-nodes', path: () => '/ops/nodes', ready: /of the work/ },
  { name: 'ops-audit', path: () => '/ops/audit', ready: /created the/ },
  {
    name: 'ops-audit-cancels',
    path: () => '/ops/audit?what=cancels&who=nobody-at-all',
    ready: /Nothing found/,
  },
  {
    name: 'runs',
    path: (s) => `/s/${s.shop}/runs`,
    ready: /^Live$/,
  },
  { name: 'runs-none', path: (s) => `/s/${s.shop}/runs?search=zzz`, ready: /No run is like that/ },
  {
    name: 'run',
    path: someRun,
    ready: /What it was about/,
    before: async (page) => {
      // On a phone the steps are a list, which is there with the page.
      const wide = (page.viewportSize()?.width ?? 0) > 1000
      if (wide) await page.locator('.react-flow__node').first().waitFor()
    },
  },
  { name: 'inbox', path: (s) => `/s/${s.shop}/inbox`, ready: /Open the run|No notifications yet/ },
  { name: 'outbox', path: (s) => `/s/${s.shop}/outbox`, ready: /Open the run|No mails are kept|To / },
  { name: 'nothing', path: () => '/nothing', ready: /nothing set up for you yet/ },
  { name: 'apps', path: () => '/dev/apps', ready: /Appointments/ },
  { name: 'app-triggers', path: (server) => `/dev/apps/${server.app}`, ready: /Appointment starts/ },
  {
    name: 'app-trigger',
    path: (server) => `/dev/apps/${server.app}?tab=triggers&edit=appointment_starting`,
    ready: /The schema keeps to all rules/,
    follows: /triggers\/lint$/,
  },
  { name: 'app-actions', path: (server) => `/dev/apps/${server.app}?tab=actions`, ready: /No actions yet/ },
  { name: 'app-keys', path: (server) => `/dev/apps/${server.app}?tab=keys`, ready: /Key set/ },
  {
    name: 'app-settings',
    path: (server) => `/dev/apps/${server.app}?tab=settings`,
    ready: /Addresses that may/,
  },
  {
    name: 'app-brings',
    path: (server) => `/dev/apps/${server.app}?tab=preinstalled`,
    ready: /Invite to the next appointment/,
  },
  { name: 'events', path: (server) => `/dev/events?site=${server.shop}`, ready: /Appointment|No events yet/ },
  { name: 'events-everywhere', path: () => '/dev/events?site=all', ready: /Appointment|No events yet/ },
  {
    name: 'event-report',
    path: (server) => `/dev/events?site=${server.shop}&report=${server.app}/appointment_starting`,
    ready: /Customer's name/,
  },
  { name: 'event', path: someEvent, ready: /The same call from a program/ },
  { name: 'signature', path: () => '/dev/signature', ready: /Standard Webhooks/ },
  {
    name: 'users',
    path: async (server) => {
      for (const [name, email, role] of [
        ['Sol Duarte', 'sol@example.com', 'SITE'],
        ['Vera Lindqvist', 'vera@example.com', 'VIEWER'],
      ]) {
        // The second of them on: they are there already.
        await server
          .call('POST', '/belay/v1/users', { name, email, grants: [{ role, siteId: server.shop }] })
          .catch(() => undefined)
      }
      return '/ops/users'
    },
    ready: /Sol Duarte/,
  },
  { name: 'sign-in', path: () => '/sign-in', ready: /Forgot the password/ },
  { name: 'account', path: () => '/account', ready: /which has no account/ },
  { name: 'portal-settings', path: (server) => `/s/${server.shop}/portal`, ready: /How it looks/ },
  {
    name: 'builder-new',
    path: (server) => `/s/${server.shop}/automations/new`,
    ready: /Appointment starts/,
  },
  {
    name: 'builder',
    path: reminder,
    ready: /Send an email/,
    // The sentence and what is wrong with it, of the draft as it stands.
    follows: /(automation-digest|automations\/validate)$/,
    before: async (page) => {
      await page
        .getByRole('button', { name: /Send an email/ })
        .first()
        .click()
      await page.getByRole('textbox', { name: 'Subject' }).waitFor()
    },
  },
  {
    name: 'builder-settings',
    path: withSettings,
    ready: /Review is in/,
    before: async (page) => {
      await page
        .getByRole('button', { name: /Review is in/ })
        .first()
        .click()
      await page.getByLabel('Stars at least').waitFor()
    },
  },
]

/** A draft under a trigger whose app lets each automation set something for itself. */
async function withSettings(server: Server): Promise<string> {
  await server.call('PUT', `/belay/v1/apps/${server.app}/triggers/review_received`, {
    displayName: 'Review is in',
    payloadSchema: {
      type: 'object',
      properties: { stars: { type: 'integer', title: 'Stars', examples: [5] } },
    },
    automationConfigSchema: {
      type: 'object',
      title: 'Which reviews',
      description: 'What the reviews board hands over.',
      required: ['board'],
      properties: {
        board: { type: 'string', title: 'Board', enum: ['Front desk', 'Website'] },
        atLeast: { type: 'integer', title: 'Stars at least', minimum: 1, maximum: 5 },
        answered: { type: 'boolean', title: 'Answered ones too' },
        since: { type: 'string', format: 'date', title: 'Not before' },
      },
    },
  })
  const { automation } = await server.call<{ automation: { id: string } }>('POST', '/v2/automations/drafts', {
    automation: {
      name: 'Thank for a review',
      origin: 'USER',
      configuration: {
        status: 'INACTIVE',
        trigger: {
          appId: server.app,
          triggerKey: 'review_received',
          automationConfigMapping: { atLeast: 9 },
        },
        rootActionIds: [],
        actions: {},
      },
    },
  })
  return `/s/${server.shop}/automations/${automation.id}`
}

/** The page of an event that is reported for it. */
async function someEvent(server: Server): Promise<string> {
  const { eventId } = await server.call<{ eventId: string }>('POST', '/automations/v1/events/report', {
    triggerKey: 'appointment_scheduled',
    appId: server.app,
    externalEntityId: 'e0000000-0000-4000-8000-000000000007',
    idempotency: { key: 'picture' },
    payload: {
      customer_name: 'Ines Duarte',
      customer_email: 'ines@example.com',
      service: 'Haircut',
      collaborator: 'Rui',
      when: 'Tuesday 12 May, 09:00',
    },
  })
  return `/dev/events/${server.shop}/${eventId}`
}

async function someRun(server: Server): Promise<string> {
  const { runs } = await server.call<{ runs: { id: string }[] }>('GET', '/belay/v1/runs?state=DONE&limit=1')
  const waiting = await server.call<{ runs: { id: string }[] }>('GET', '/belay/v1/runs?limit=1')
  return `/s/${server.shop}/runs/${(runs[0] ?? waiting.runs[0])?.id}`
}

/** The page on which the demo's reminder is edited. */
async function reminder(server: Server): Promise<string> {
  const { automations } = await server.call<{ automations: { id: string }[] }>(
    'POST',
    '/v2/automations/query',
    { query: { filter: { name: 'Remind the customer the day before' } } },
  )
  return `/s/${server.shop}/automations/${automations[0]?.id}`
}
