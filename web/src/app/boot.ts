import { nonce } from '@/lib/nonce'

// Runs before anything is shown, so that a dark page never flashes light. The key is
// Mantine's own.
const chosen = localStorage.getItem('mantine-color-scheme-value') ?? 'auto'
const dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')

// What keeps a page from scrolling below a dialog adds a style element of its own, and
// takes its nonce from here.
Object.assign(globalThis, { __webpack_nonce__: nonce() })
