import { expect, test } from 'vitest'
import { formatBytes, formatCount } from './amount'

test('bytes stand in the largest unit that they fill', () => {
  expect([0, 999, 1500, 48_000_000, 1.25e9, -2e6].map((n) => formatBytes(n, 'en'))).toEqual([
    '0 byte',
    '999 byte',
    '1.5 kB',
    '48 MB',
    '1.3 GB',
    '-2 MB',
  ])
})

test('counts are short', () => {
  expect([0, 0.254, 12.4, 9876, 14_230].map((n) => formatCount(n, 'en'))).toEqual([
    '0',
    '0.25',
    '12',
    '9,876',
    '14.2K',
  ])
})
