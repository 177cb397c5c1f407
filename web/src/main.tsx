import '@/app/boot'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from '@/app/App'
import { startLanguage } from '@/i18n'
import { shareNonce } from '@/lib/nonce'

async function main() {
  const root = document.getElementById('root')
  if (!root) throw new Error('the page has no element #root')
  shareNonce()
  await startLanguage()
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}

void main()
