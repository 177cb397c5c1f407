import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import { useFlow } from './FlowContext'
import classes from './flow.module.css'
import { GapButton } from './GapButton'
import type { FlowEdge as Drawn } from './layout'
import type { Port } from './links'

export type FlowEdgeData = { port: Port; label?: Drawn['label'] }

/** One way from a step to the next: the name of the way, and a place for a step on it. */
export function FlowEdge(p: EdgeProps<Edge<FlowEdgeData>>) {
  const { t } = useTranslation('flow')
  const flow = useFlow()
  // A way bends close above where it leads to, so that its name stands over the step.
  const centerY = p.data?.label ? p.targetY - 62 : undefined
  const [path] = getSmoothStepPath({
    ...p,
    borderRadius: 14,
    ...(centerY ? { centerY: Math.max(centerY, p.sourceY + 10) } : {}),
  })
  const toEnd = p.target.startsWith('end:')
  const label = p.data?.label
  const port = p.data?.port ?? 'next'
  return (
    <>
      <BaseEdge path={path} />
      <EdgeLabelRenderer>
        <div
          className={`${classes.onEdge} nopan nodrag`}
          style={{
            transform: `translate(-50%, -100%) translate(${p.targetX}px, ${p.targetY - (toEnd ? 8 : 10)}px)`,
          }}
        >
          {label && (
            <span className={classes.way}>{label.name ?? t(`ways.${label.port as 'true' | 'false'}`)}</span>
          )}
          {!toEnd && !flow.readOnly && <GapButton gap={{ after: p.source, port, before: p.target }} />}
        </div>
      </EdgeLabelRenderer>
    </>
  )
}
