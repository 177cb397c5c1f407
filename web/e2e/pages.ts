import type { Server } from './server'

/** A page of the console, for what is held against each of them: pictures, axe, outages, hostile texts. */
export type Target = {
  /** Names the pictures. */
  name: string
  /** Where it is, on a server whose salon is as the demo books it. */
  path: (server: Server) => string | Promise<string>
  /** A text that stands there once all is loaded. */
  ready: RegExp
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
  { name: 'templates', path: (s) => `/s/${s.shop}/templates`, ready: /bring no templates|Make it mine/ },
  { name: 'nothing', path: () => '/nothing', ready: /nothing set up for you yet/ },
]
