import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// The journeys run against the real binary, one server for each file. A file is one
// person's way through the console; its tests go on from each other. Two files at a time:
// a journey waits for the browser more than it works.
export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('../src', import.meta.url)) } },
  test: {
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['**/*.e2e.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // As patient as the browser's own waits (browser.ts): a busy machine is no failure.
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
  },
})
