import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { compress } from './scripts/compress.ts'
import { fillNonce } from './scripts/nonce.ts'
import { preloadFont } from './scripts/preload.ts'

// `make dev` serves the sources with hot reload; what is not a source is asked of a
// running server. With BELAY_KEY set, calls are made by that key instead of a session.
const server = process.env.BELAY_URL ?? 'http://127.0.0.1:7300'
const key = process.env.BELAY_KEY
const api = [
  '/belay',
  '/automations',
  '/activation-logs',
  '/trigger-catalog-service',
  '/action-catalog-service',
  '/v1',
  '/v2',
  '/oauth2',
  '/docs',
  '/openapi.json',
]

export default defineConfig({
  plugins: [react(), preloadFont(), fillNonce(), compress()],
  resolve: {
    alias: {
      '@rjsf/validator-ajv8': fileURLToPath(new URL('./src/lib/schema/noAjv.ts', import.meta.url)),
      '@': fileURLToPath(new URL('./src', import.meta.url)),
    },
  },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
    rolldownOptions: {
      output: {
        // What every page needs is one file: many small ones compress worse.
        codeSplitting: {
          groups: [
            {
              name: 'frame',
              test: /node_modules\/(react|react-dom|scheduler|i18next|react-i18next|openapi-fetch|@tanstack\/(react-router|router-core|history|store|react-store|query-core|react-query))\//,
            },
          ],
        },
      },
    },
  },
  server: {
    port: Number(process.env.PORT ?? 7380),
    proxy: Object.fromEntries(
      api.map((path) => [path, { target: server, headers: key ? { Authorization: key } : undefined }]),
    ),
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'scripts/**/*.test.ts'],
    // A test of a component says `// @vitest-environment jsdom` in its first line.
  },
})
