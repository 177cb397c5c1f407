import { expect, test } from 'vitest'
import { insert } from '@/features/builder/model/edit'
import { row, step } from '@/features/builder/model/testing'
import { layoutFlow } from './layout'
import { walk } from './walk'

let forked = insert(row('first'), 'if', step('CONDITION', 'if'), { after: 'first', port: 'next' })
forked = insert(forked, 'yes', step('DELAY', 'yes'), { after: 'if', port: 'true' })
forked = insert(forked, 'no', step('DELAY', 'no'), { after: 'if', port: 'false' })
const layout = layoutFlow(forked)

test.each([
  ['first', 'down', 'if'],
  ['if', 'down', 'yes'],
  ['no', 'up', 'if'],
  ['yes', 'right', 'no'],
  ['no', 'left', 'yes'],
  ['trigger', 'up', undefined],
  ['no', 'down', undefined],
  ['nobody', 'left', undefined],
] as const)('from %s %s is %s', (from, direction, to) => {
  expect(walk(layout, from, direction)).toBe(to)
})
