import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import i18next from 'i18next'
import type { ReactNode } from 'react'
import { initReactI18next } from 'react-i18next'
import { vi } from 'vitest'
import { type Automation, whole } from '@/features/flow/document'
import app from '@/i18n/en/app'
import forms from '@/i18n/en/forms'
import type { Catalog } from '../model/catalog'
import type { EditorContext } from '../model/context'

// What tests of forms stand on: a site in Lisbon with one app.

/** What a browser has and jsdom has not. */
export function browser(): void {
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
    addListener() {},
    removeListener() {},
  }))
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  )
  Element.prototype.scrollIntoView = () => {}
}

export const appId = 'a5c3a1f0-5a0e-4f3b-9a55-6d1f6c2b7e01'

export const catalog: Catalog = [
  {
    id: 'be1a7000-0000-4000-8000-000000000001',
    name: 'Belay',
    builtIn: true,
    actions: [],
    triggers: [
      {
        appId: 'be1a7000-0000-4000-8000-000000000001',
        triggerKey: 'schedule',
        displayName: 'Schedule',
        filters: [],
        metadata: { hidden: false },
      },
    ],
  },
  {
    id: appId,
    name: 'Appointments',
    builtIn: false,
    actions: [],
    triggers: [
      {
        appId,
        triggerKey: 'starting',
        displayName: 'Appointment starts',
        filters: [],
        metadata: { hidden: false },
        payloadDataSchema: {
          type: 'object',
          properties: {
            start: { type: 'string', format: 'date-time', futureDate: true, title: 'Start' },
            service: { type: 'string', title: 'Service', examples: ['Haircut'] },
            seats: { type: 'integer', title: 'Seats', examples: [2] },
          },
        },
      },
      {
        appId,
        triggerKey: 'canceled',
        displayName: 'Appointment canceled',
        filters: [],
        metadata: { hidden: false },
      },
      { appId, triggerKey: 'old', displayName: 'Hidden', filters: [], metadata: { hidden: true } },
    ],
  },
]

export const reminder: Automation = whole({
  name: 'Reminder',
  configuration: { trigger: { appId, triggerKey: 'starting' } },
})

export function contextOf(automation: Automation, more: Partial<EditorContext> = {}): EditorContext {
  return {
    siteId: '51e7e000-0b0a-4c1d-8f2e-0a1b2c3d4e5f',
    site: { name: 'Salon', timeZone: 'Europe/Lisbon', locale: 'en-GB' },
    automation,
    catalog,
    schema: catalog[1]?.triggers[0]?.payloadDataSchema ?? {},
    examples: { service: 'Haircut', seats: 2 },
    problems: [],
    readOnly: false,
    ...more,
  }
}

/** Shows something with the texts and the providers that it stands in. */
export async function show(what: ReactNode) {
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: 'en',
      resources: { en: { app, forms } },
      defaultNS: 'app',
      interpolation: { escapeValue: false },
    })
  }
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, enabled: false } } })
  const wrap = (children: ReactNode) => (
    <MantineProvider env="test">
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </MantineProvider>
  )
  const shown = render(wrap(what))
  return { ...shown, again: (next: ReactNode) => shown.rerender(wrap(next)) }
}
