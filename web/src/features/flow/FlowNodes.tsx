import { Handle, type NodeProps, Position } from '@xyflow/react'
import { useTranslation } from 'react-i18next'
import { useFlow } from './FlowContext'
import { GapButton } from './GapButton'
import type { Port } from './links'
import { StateBadge } from './StateBadge'
import { StepCard } from './StepCard'

export function TriggerNode({ id }: NodeProps) {
  const { t } = useTranslation('flow')
  return (
    <>
      <Card id={id} kicker={t('when')} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  )
}

export function StepNode({ id }: NodeProps) {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <Card id={id} draggable />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  )
}

function Card({ id, kicker, draggable }: { id: string; kicker?: string; draggable?: boolean }) {
  const { t } = useTranslation('flow')
  const flow = useFlow()
  const state = flow.states ? (flow.states[id] ?? 'untouched') : undefined
  const mark = flow.marks?.[id] ?? (state && state !== 'untouched' ? state : undefined)
  return (
    <div className="nopan nodrag" style={{ height: '100%' }}>
      <StepCard
        id={id}
        text={flow.describe(id)}
        kicker={kicker}
        selected={flow.selected === id}
        state={state}
        badge={mark && <StateBadge mark={mark} label={t(`marks.${mark}`)} />}
        reachable={flow.selected === id || (flow.selected === undefined && id === 'trigger')}
        draggable={draggable && !flow.readOnly && flow.onDrag !== undefined}
        onSelect={() => flow.onSelect(id)}
        onDragStart={(e) => {
          e.dataTransfer.effectAllowed = 'move'
          flow.onDrag?.(id, e.dataTransfer)
        }}
        onDragEnd={flow.onDragEnd}
        lifting={draggable && !flow.readOnly ? flow.lift?.(id) : undefined}
      />
    </div>
  )
}

/** The place behind a way out that nothing follows. */
export function EndNode({ data }: NodeProps) {
  const { t } = useTranslation('flow')
  const { automation } = useFlow()
  const { end } = data as { end?: { from: string; port: Port } }
  const first = Object.keys(automation.configuration.actions).length === 0
  return (
    <div className="nopan nodrag">
      <Handle type="target" position={Position.Top} isConnectable={false} />
      {end && (
        <GapButton gap={{ after: end.from, port: end.port }} words={first ? t('addFirst') : undefined} />
      )}
    </div>
  )
}
