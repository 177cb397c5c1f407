import { expect, test } from 'vitest'
import { triggerId } from '@/features/flow/links'
import { insert } from './edit'
import { addPath, movePath, removePath } from './split'
import { broken, row, step } from './testing'

const split = () => insert(row(), 's', step('SPLIT', 's'), { after: triggerId, port: 'next' })
const names = (a: ReturnType<typeof split>) =>
  a.configuration.actions.s?.splitInfo?.paths.map((p) => p.id).join('')

test('a way is added, moved and removed', () => {
  let a = addPath(split(), 's', 'd')
  expect(names(a)).toBe('abcd')
  a = movePath(a, 's', 'd', 0)
  expect(names(a)).toBe('dabc')
  expect(names(removePath(a, 's', 'a'))).toBe('dbc')
})

test('what only a removed way led to goes with it', () => {
  const a = insert(split(), 'x', step('APP_DEFINED', 'x'), { after: 's', port: 'path:b' })
  const next = removePath(a, 's', 'b')
  expect(Object.keys(next.configuration.actions)).toEqual(['s'])
  expect(broken(next)).toEqual([])
})

test('a split keeps two ways and has ten at most', () => {
  let a = removePath(split(), 's', 'a')
  expect(removePath(a, 's', 'b')).toBe(a)
  for (let n = 0; n < 12; n++) a = addPath(a, 's', `n${n}`)
  expect(a.configuration.actions.s?.splitInfo?.paths).toHaveLength(10)
})
