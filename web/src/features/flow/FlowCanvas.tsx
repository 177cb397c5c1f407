import '@xyflow/react/dist/base.css'
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconMinus, IconPlus, IconZoomScan } from '@tabler/icons-react'
import {
  Background,
  BackgroundVariant,
  type Edge,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
} from '@xyflow/react'
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { StepState, StepText } from './describe'
import type { Automation } from './document'
import { FlowContext, type FlowHandlers } from './FlowContext'
import { FlowEdge, type FlowEdgeData } from './FlowEdge'
import { EndNode, StepNode, TriggerNode } from './FlowNodes'
import classes from './flow.module.css'
import { layoutFlow, nodeWidth } from './layout'

export type FlowCanvasProps = FlowHandlers & {
  automation: Automation
  /** How the trigger, by the ID "trigger", and each step are shown. */
  describe: (id: string) => StepText
  /** What became of steps in a run; none where no run is shown. */
  states?: Record<string, StepState>
  /** The edges of the way that a run took, by their IDs from:port:to. */
  lit?: ReadonlySet<string>
  /** What is wrong with the trigger and steps. */
  marks?: Record<string, 'error' | 'warning'>
  selected?: string
  readOnly?: boolean
  /** Lies over the canvas. */
  children?: ReactNode
}

const nodeTypes = { trigger: TriggerNode, step: StepNode, end: EndNode }
const edgeTypes = { flow: FlowEdge }

/** An automation as a graph from top to bottom, which can be moved and zoomed. */
export function FlowCanvas(props: FlowCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
}

function Canvas({ automation, readOnly, children, ...props }: FlowCanvasProps) {
  const { t } = useTranslation('flow')
  const layout = useMemo(() => layoutFlow(automation, { ends: !readOnly }), [automation, readOnly])
  const nodes = useMemo<Node[]>(
    () =>
      layout.nodes.map((n) => ({
        id: n.id,
        type: n.kind,
        position: { x: n.x, y: n.y },
        width: n.width,
        height: n.height,
        // Nodes that can be neither moved nor selected get no clicks otherwise.
        style: { pointerEvents: 'all' },
        data: { end: n.end },
        draggable: false,
        selectable: false,
        focusable: false,
      })),
    [layout],
  )
  const edges = useMemo<Edge<FlowEdgeData>[]>(
    () =>
      layout.edges.map((e) => ({
        id: e.id,
        type: 'flow',
        source: e.from,
        target: e.to,
        className: props.lit?.has(e.id) ? 'lit' : undefined,
        data: { port: e.port, label: e.label },
        focusable: false,
        selectable: false,
      })),
    [layout, props.lit],
  )
  const shown = { ...props, automation, readOnly, layout }
  return (
    <FlowContext value={shown}>
      <section className={classes.canvas} aria-label={t('canvas')}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          panOnScroll
          zoomOnDoubleClick={false}
          minZoom={0.25}
          maxZoom={1.6}
          onPaneClick={() => props.onSelect(undefined)}
          proOptions={{ hideAttribution: true }}
          deleteKeyCode={null}
        >
          <Background variant={BackgroundVariant.Dots} gap={22} size={1.2} />
          <View selected={props.selected} nodes={layout.nodes} />
          {children}
        </ReactFlow>
      </section>
    </FlowContext>
  )
}

type ViewProps = {
  selected?: string
  nodes: { id: string; x: number; y: number; width: number; height: number }[]
}

/** The part of the canvas that is seen: at first all of it, at a size that can be read, the trigger on top. */
function View({ selected, nodes }: ViewProps) {
  const { t } = useTranslation('flow')
  const flow = useReactFlow()
  const begun = useRef(false)
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    requestAnimationFrame(() => void start(flow))
  }, [flow])
  // What was in the middle stays there when the form beside the canvas opens or closes.
  const pane = useStore((s) => s.width)
  const before = useRef(0)
  useEffect(() => {
    const moved = (pane - before.current) / 2
    if (begun.current && before.current > 0 && pane > 0) {
      const { x, y, zoom } = flow.getViewport()
      void flow.setViewport({ x: x + moved, y, zoom })
    }
    before.current = pane
  }, [flow, pane])
  // What is chosen by the keyboard is brought into view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another step is chosen
  useEffect(() => {
    const node = nodes.find((n) => n.id === selected)
    if (node && begun.current) reveal(flow, node)
  }, [selected])
  return (
    <div className={classes.controls}>
      <Tooltip label={t('zoomIn')}>
        <ActionIcon variant="subtle" color="gray" onClick={() => flow.zoomIn()} aria-label={t('zoomIn')}>
          <IconPlus size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t('zoomOut')}>
        <ActionIcon variant="subtle" color="gray" onClick={() => flow.zoomOut()} aria-label={t('zoomOut')}>
          <IconMinus size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t('fit')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          data-fit
          onClick={() => flow.fitView({ padding: 0.15, maxZoom: 1 })}
          aria-label={t('fit')}
        >
          <IconZoomScan size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}

type Flow = ReturnType<typeof useReactFlow>

/** Shows the whole where that can be read, else its beginning. */
async function start(flow: Flow): Promise<void> {
  await flow.fitView({ padding: 0.12, minZoom: 0.6, maxZoom: 1 })
  const trigger = flow.getNode('trigger')
  const pane = document.querySelector('.react-flow')?.getBoundingClientRect()
  if (!trigger || !pane) return
  const { zoom } = flow.getViewport()
  await flow.setViewport({
    x: pane.width / 2 - (trigger.position.x + nodeWidth / 2) * zoom,
    y: 48 - trigger.position.y * zoom,
    zoom,
  })
}

function reveal(flow: Flow, node: { x: number; y: number; width: number; height: number }): void {
  const pane = document.querySelector('.react-flow')?.getBoundingClientRect()
  if (!pane) return
  const { x, y, zoom } = flow.getViewport()
  const left = node.x * zoom + x
  const top = node.y * zoom + y
  const margin = 24
  const dx = left < margin ? margin - left : Math.min(0, pane.width - margin - (left + node.width * zoom))
  const dy = top < margin ? margin - top : Math.min(0, pane.height - margin - (top + node.height * zoom))
  if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 150 })
}
