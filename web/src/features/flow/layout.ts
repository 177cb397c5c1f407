import { Graph, layout as place } from '@dagrejs/dagre'
import type { Action, Automation } from './document'
import { exitsFrom, linksOf, type Port, triggerId } from './links'

/** What is drawn: the trigger, a step, or the place behind a way out that nothing follows. */
export type FlowNode = {
  id: string
  kind: 'trigger' | 'step' | 'end'
  action?: Action
  /** The way out that an end is of. */
  end?: { from: string; port: Port }
  x: number
  y: number
  width: number
  height: number
}

export type FlowEdge = {
  id: string
  from: string
  port: Port
  to: string
  /** What is said at the beginning of the way, of one of several. */
  label?: { port: Port; name?: string }
}

export type FlowLayout = { nodes: FlowNode[]; edges: FlowEdge[]; width: number; height: number }

export const nodeWidth = 264
export const nodeHeight = 72
const endSize = 28

export function endId(from: string, port: Port): string {
  return `end:${from}:${port}`
}

/**
 * The nodes and edges of an automation at their places, from top to bottom. With `ends`,
 * a small node stands behind each way out that nothing follows, as the place for a step.
 */
export function layoutFlow(automation: Automation, { ends = false }: { ends?: boolean } = {}): FlowLayout {
  const g = new Graph({ multigraph: true })
  g.setGraph({ rankdir: 'TB', nodesep: 40, ranksep: 56, marginx: 0, marginy: 0 })
  g.setDefaultEdgeLabel(() => ({}))
  const nodes: FlowNode[] = []
  const edges: FlowEdge[] = []
  const node = (n: Omit<FlowNode, 'x' | 'y'>) => {
    nodes.push({ ...n, x: 0, y: 0 })
    g.setNode(n.id, { width: n.width, height: n.height })
  }
  const edge = (from: string, port: Port, to: string) => {
    const id = `${from}:${port}:${to}`
    const label = labelOf(automation, from, port)
    edges.push(label ? { id, from, port, to, label } : { id, from, port, to })
    // A way of several has its name beside it, which takes room.
    g.setEdge(from, to, { minlen: 1, ...(label ? { height: 26, width: 90, labelpos: 'c' } : {}) }, id)
  }
  node({ id: triggerId, kind: 'trigger', width: nodeWidth, height: nodeHeight })
  for (const [id, action] of Object.entries(automation.configuration.actions)) {
    node({ id, kind: 'step', action, width: nodeWidth, height: nodeHeight })
  }
  for (const l of linksOf(automation)) edge(l.from, l.port, l.to)
  if (ends) {
    for (const from of [triggerId, ...Object.keys(automation.configuration.actions)]) {
      for (const { port, to } of exitsFrom(automation, from)) {
        if (to.length > 0) continue
        const id = endId(from, port)
        node({ id, kind: 'end', end: { from, port }, width: endSize, height: endSize })
        edge(from, port, id)
      }
    }
  }
  // Ways keep their order: the first one goes to the left.
  place(g, { disableOptimalOrderHeuristic: true })
  for (const n of nodes) {
    const at = g.node(n.id)
    n.x = at.x - n.width / 2
    n.y = at.y - n.height / 2
  }
  const { width = 0, height = 0 } = g.graph()
  return { nodes, edges, width, height }
}

function labelOf(automation: Automation, from: string, port: Port): FlowEdge['label'] {
  if (port === 'next') return undefined
  const paths = automation.configuration.actions[from]?.splitInfo?.paths
  const path = paths?.find((p) => `path:${p.id}` === port)
  return path ? { port, name: path.displayName || path.name } : { port }
}
