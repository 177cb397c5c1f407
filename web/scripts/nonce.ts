import type { Plugin } from 'vite'

/** Fills the nonce while the sources are served by Vite; a built page is filled by the server, at each request. */
export function fillNonce(): Plugin {
  return {
    name: 'belay-nonce',
    apply: 'serve',
    transformIndexHtml: (html) => html.replaceAll('%NONCE%', ''),
  }
}
