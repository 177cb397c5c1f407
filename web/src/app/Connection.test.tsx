// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query'
import { cleanup, render, screen } from '@testing-library/react'
import i18next from 'i18next'
import { useState } from 'react'
import { initReactI18next } from 'react-i18next'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import app from '@/i18n/en/app'
import { Connection } from './Connection'

beforeEach(async () => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  vi.stubGlobal('fetch', () => new Promise(() => undefined))
  await i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { app } }, defaultNS: 'app' })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** Asks for something once it is opened, as a form does for the functions of formulas, while something else is asked anew. */
function Later() {
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const begin = () => {
    void client.refetchQueries({ queryKey: ['alive'] })
    setOpen(true)
  }
  if (open) return <Asking />
  return (
    <button type="button" onClick={begin}>
      Open
    </button>
  )
}

function Asking() {
  useQuery({ queryKey: ['later'], queryFn: () => new Promise<string>(() => undefined) })
  return <p>Asking</p>
}

test('a part that begins to ask while it is rendered changes nothing elsewhere in that moment', async () => {
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <Connection />
        <Later />
      </QueryClientProvider>
    </MantineProvider>,
  )
  screen.getByRole('button', { name: 'Open' }).click()
  await screen.findByText('Asking')
  expect(complaint.mock.calls.map(([text]) => text)).toEqual([])
})
