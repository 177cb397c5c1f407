import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StepText } from '@/features/flow/describe'
import type { Automation } from '@/features/flow/document'
import { gapName } from '@/features/flow/FlowContext'
import { exitsFrom, type Port, triggerId } from '@/features/flow/links'
import { StateBadge } from '@/features/flow/StateBadge'
import { StepCard } from '@/features/flow/StepCard'
import classes from './builder.module.css'
import type { Rights } from './model/locks'
import type { Edits } from './useEdits'

type Props = {
  automation: Automation
  describe: (id: string) => StepText
  marks: Record<string, 'error' | 'warning'>
  edits: Edits
  rights: Rights
}

/** The steps as nested lists, each way below the step that it begins at: the equal of the graph. */
export function ListView(props: Props) {
  const { t } = useTranslation('builder')
  return (
    <section className={classes.list} aria-label={t('listLabel')}>
      <Item {...props} id={triggerId} />
      <Ways {...props} from={triggerId} seen={new Set()} />
    </section>
  )
}

function Item({ id, describe, marks, edits, rights }: Props & { id: string }) {
  const { t } = useTranslation('flow')
  const mark = marks[id]
  return (
    <StepCard
      id={id}
      text={describe(id)}
      kicker={id === triggerId ? t('when') : undefined}
      selected={edits.selected === id}
      badge={mark && <StateBadge mark={mark} label={t(`marks.${mark}`)} />}
      reachable
      onSelect={() => edits.select(id)}
      draggable={rights.edit && id !== triggerId}
      onDragStart={(e) => {
        e.dataTransfer.effectAllowed = 'move'
        edits.drag(id, e.dataTransfer)
      }}
      onDragEnd={edits.dragEnd}
      lifting={rights.edit && id !== triggerId ? edits.carry(id) : undefined}
    />
  )
}

type WaysProps = Props & { from: string; seen: Set<string> }

/** All that follows a step. Where it has one way, that goes on in the same list. */
function Ways({ from, seen, ...props }: WaysProps) {
  const { t } = useTranslation('flow')
  const { automation } = props
  const exits = exitsFrom(automation, from)
  const paths = automation.configuration.actions[from]?.splitInfo?.paths
  if (exits.length === 0) return null
  if (exits.length === 1 && exits[0])
    return <Way {...props} from={from} port={exits[0].port} to={exits[0].to} seen={seen} />
  return (
    <ul className={classes.ways}>
      {exits.map(({ port, to }) => {
        const path = paths?.find((p) => `path:${p.id}` === port)
        const name = path ? path.displayName || path.name : t(`ways.${port as 'true' | 'false'}`)
        return (
          <li key={port} className={classes.wayItem}>
            <span className={classes.wayName}>{name}</span>
            <Way {...props} from={from} port={port} to={to} seen={seen} name={name} />
          </li>
        )
      })}
    </ul>
  )
}

type WayProps = WaysProps & { port: Port; to: string[]; name?: string }

function Way({ from, port, to, seen, name, ...props }: WayProps) {
  const { t } = useTranslation('builder')
  const { automation, describe, rights } = props
  const steps = to.filter((id) => id in automation.configuration.actions)
  return (
    <>
      {rights.edit && <Add {...props} gap={{ after: from, port }} name={name} open={steps.length === 0} />}
      <ol className={steps.length > 1 ? classes.beside : classes.steps}>
        {steps.map((id) => {
          const again = seen.has(id)
          seen.add(id)
          return (
            <li key={id}>
              {again ? (
                <p className={classes.again}>{t('goesOn', { step: describe(id).title })}</p>
              ) : (
                <Item {...props} id={id} />
              )}
              {!again && <Ways {...props} from={id} seen={seen} />}
            </li>
          )
        })}
      </ol>
    </>
  )
}

type AddProps = Pick<Props, 'edits' | 'describe'> & {
  gap: { after: string; port: Port }
  name?: string
  open: boolean
}

/** The button of a place for a step; it says its words where nothing follows. */
function Add({ gap, edits, describe, name, open }: AddProps) {
  const { t } = useTranslation('builder')
  const { t: flow } = useTranslation('flow')
  const label = flow('addAfter', {
    step: name ? `${describe(gap.after).title}, ${name}` : describe(gap.after).title,
  })
  const [over, setOver] = useState(false)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a mouse lets go of things over it; the button is for all
    <div
      className={classes.add}
      data-open={open || undefined}
      data-gap={gapName(gap)}
      data-dragging={edits.dragging || undefined}
      data-over={over || edits.carried?.over === gapName(gap) || undefined}
      onDragOver={(e) => {
        if (!edits.dragging) return
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        edits.drop(gap)
      }}
    >
      <Button
        variant={open ? 'light' : 'subtle'}
        color={open ? undefined : 'gray'}
        size={open ? 'sm' : 'compact-xs'}
        leftSection={<IconPlus size={open ? 16 : 13} />}
        aria-label={label}
        onClick={() => edits.ask(gap)}
      >
        {t('addStep')}
      </Button>
    </div>
  )
}
