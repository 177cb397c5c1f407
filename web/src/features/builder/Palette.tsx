import { Tooltip } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { StepIcon } from '@/features/flow/StepIcon'
import { useHold } from '@/features/flow/useHold'
import classes from './builder.module.css'
import type { Catalog } from './model/catalog'
import type { Rights } from './model/locks'
import { useChoices } from './useChoices'
import type { Edits } from './useEdits'

type Props = {
  catalog: Catalog
  rights: Rights
  edits: Edits
  /** As a row below the steps, with words, for fingers. */
  row?: boolean
}

const steps: Record<string, number> = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }

/**
 * The steps that can be added, beside the graph or below the steps: one is dragged onto a
 * place, with a mouse or a finger, or pressed to stand behind the step that is chosen.
 */
export function Palette({ catalog, rights, edits, row }: Props) {
  const { t } = useTranslation('builder')
  const groups = useChoices(catalog, rights)
  const all = groups.flatMap((g) => g.choices)
  const [at, setAt] = useState(0)

  function onKeyDown(e: KeyboardEvent<HTMLDivElement>) {
    const by = steps[e.key]
    if (by === undefined) return
    e.preventDefault()
    e.stopPropagation()
    const next = (at + by + all.length) % all.length
    setAt(next)
    e.currentTarget.querySelectorAll<HTMLElement>('button')[next]?.focus()
  }

  return (
    <div
      role="toolbar"
      aria-label={t('palette')}
      aria-orientation={row ? 'horizontal' : 'vertical'}
      className={row ? classes.paletteRow : `nopan nowheel ${classes.palette}`}
      onKeyDown={onKeyDown}
    >
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: groups of buttons are no fieldset
        <div key={group.name} role="group" aria-label={group.name} className={classes.paletteGroup}>
          {group.choices.map((c) => (
            <Step
              key={c.key}
              step={c}
              edits={edits}
              row={row}
              tabIndex={c === all[Math.min(at, all.length - 1)] ? 0 : -1}
              onFocus={() => setAt(all.indexOf(c))}
            />
          ))}
        </div>
      ))}
    </div>
  )
}

type StepProps = {
  step: ReturnType<typeof useChoices>[number]['choices'][number]
  edits: Edits
  row?: boolean
  tabIndex: number
  onFocus: () => void
}

function Step({ step, edits, row, tabIndex, onFocus }: StepProps) {
  const { onPointerDown, holding } = useHold({ ...edits.carryNew(step.choice, step.name), fromRow: row })
  return (
    <Tooltip label={step.name} position="right" disabled={row}>
      <button
        type="button"
        className={classes.paletteStep}
        aria-label={step.name}
        tabIndex={tabIndex}
        draggable
        onClick={() => edits.append(step.choice)}
        onFocus={onFocus}
        onPointerDown={onPointerDown}
        onDragStart={(e) => {
          if (holding()) return e.preventDefault()
          e.dataTransfer.effectAllowed = 'copyMove'
          edits.dragNew(step.choice, step.name, e.dataTransfer)
        }}
        onDragEnd={edits.dragEnd}
      >
        <StepIcon look={step.look} size={30} />
        {row && <span className={classes.paletteName}>{step.name}</span>}
      </button>
    </Tooltip>
  )
}
