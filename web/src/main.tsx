import '@/app/boot'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from '@/app/App'
import { startLanguage } from '@/i18n'
import { ApiError } from '@/lib/api/error'
import { shareNonce } from '@/lib/nonce'

async function main() {
  const root = document.getElementById('root')
  if (!root) throw new Error('the page has no element #root')
  shareNonce()
  await startLanguage()
  createRoot(root, { onCaughtError }).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}

/** What the server refuses is told on the page; anything else that a page met is a defect. */
function onCaughtError(error: unknown) {
  if (!(error instanceof ApiError)) reportError(error)
}

void main()
