import type { FlowLayout } from './layout'

export type Direction = 'up' | 'down' | 'left' | 'right'

/**
 * The node that lies in a direction from another: up and down along the links, left and
 * right to the nearest one beside it. Undefined where there is none.
 */
export function walk(layout: FlowLayout, id: string, direction: Direction): string | undefined {
  if (direction === 'up') return layout.edges.find((e) => e.to === id)?.from
  if (direction === 'down') return layout.edges.find((e) => e.from === id)?.to
  const here = layout.nodes.find((n) => n.id === id)
  if (!here) return undefined
  const middle = (n: typeof here) => ({ x: n.x + n.width / 2, y: n.y + n.height / 2 })
  const from = middle(here)
  const sign = direction === 'left' ? -1 : 1
  // Height counts for more than width: what is beside comes before what is across.
  const far = (n: typeof here) => Math.abs(middle(n).x - from.x) + 3 * Math.abs(middle(n).y - from.y)
  return layout.nodes
    .filter((n) => n.id !== id && sign * (middle(n).x - from.x) > 1)
    .sort((a, b) => far(a) - far(b))[0]?.id
}
