import { expect, test } from 'vitest'
import { readVersion } from './version'

test.each([
  ['v0.0.0-20261126113455-e3cba861d31d+dirty'],
  ['v0.0.0-20261126113455-e3cba861d31d'],
  ['v0.1.1-0.20261126113455-e3cba861d31d'],
])('%s is a build of sources', (version) => {
  expect(readVersion(version)).toEqual({ built: new Date('2026-11-26T11:34:55Z'), commit: 'e3cba86' })
})

test.each([
  ['v0.1.0', '0.1.0'],
  ['0.1.0', '0.1.0'],
  ['v1.2.3-rc.1', '1.2.3-rc.1'],
  ['devel', 'devel'],
])('%s is the release %s', (version, release) => {
  expect(readVersion(version)).toEqual({ release })
})
