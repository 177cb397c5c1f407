import fc from 'fast-check'
import { expect, test } from 'vitest'
import { automations, row } from '@/features/builder/model/testing'
import { layoutFlow } from './layout'
import { linksOf, triggerId } from './links'

test('steps in a row stand below each other, the trigger on top', () => {
  const { nodes } = layoutFlow(row('a', 'b'))
  expect(nodes.map((n) => n.id)).toEqual([triggerId, 'a', 'b'])
  const [first, ...rest] = nodes
  for (const n of rest) expect(n.x).toBe(first?.x)
  expect(nodes.map((n) => n.y)).toEqual([...nodes.map((n) => n.y)].sort((x, y) => x - y))
})

test('nothing lies on anything else, each link goes down, and each open way has an end', () => {
  fc.assert(
    fc.property(automations, (a) => {
      const { nodes, edges } = layoutFlow(a, { ends: true })
      for (const [i, n] of nodes.entries()) {
        for (const m of nodes.slice(i + 1)) {
          const apart =
            n.x + n.width <= m.x || m.x + m.width <= n.x || n.y + n.height <= m.y || m.y + m.height <= n.y
          expect(apart, `${n.id} and ${m.id}`).toBe(true)
        }
      }
      const y = new Map(nodes.map((n) => [n.id, n.y]))
      for (const e of edges) expect(y.get(e.to)).toBeGreaterThan(y.get(e.from) as number)
      expect(edges.length).toBe(linksOf(a).length + nodes.filter((n) => n.kind === 'end').length)
    }),
    { numRuns: 60 },
  )
})
