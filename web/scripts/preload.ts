import type { Plugin } from 'vite'

/**
 * Has the browser fetch the font of Latin letters beside the scripts: a text is set in
 * it from the first, and nothing moves when it comes.
 */
export function preloadFont(): Plugin {
  return {
    name: 'preload-font',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle }) {
        const font = Object.keys(bundle ?? {}).find((file) =>
          /inter-latin-wght-normal[^/]*\.woff2$/.test(file),
        )
        if (!font) throw new Error('the font of Latin letters is not among what was built')
        return [
          {
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${font}`, crossorigin: '' },
            injectTo: 'head',
          },
        ]
      },
    },
  }
}
