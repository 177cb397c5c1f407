import { Tooltip } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { StepIcon } from '@/features/flow/StepIcon'
import classes from './builder.module.css'
import type { Catalog } from './model/catalog'
import type { Rights } from './model/locks'
import { useChoices } from './useChoices'
import type { Edits } from './useEdits'

type Props = { catalog: Catalog; rights: Rights; edits: Edits }

const steps: Record<string, number> = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }

/**
 * The steps that can be added, beside the graph: one is dragged onto a place, or pressed
 * to stand behind the step that is chosen.
 */
export function Palette({ catalog, rights, edits }: Props) {
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
      aria-orientation="vertical"
      className={`nopan nowheel ${classes.palette}`}
      onKeyDown={onKeyDown}
    >
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: groups of buttons are no fieldset
        <div key={group.name} role="group" aria-label={group.name} className={classes.paletteGroup}>
          {group.choices.map((c) => (
            <Tooltip key={c.key} label={c.name} position="right">
              <button
                type="button"
                className={classes.paletteStep}
                aria-label={c.name}
                tabIndex={c === all[Math.min(at, all.length - 1)] ? 0 : -1}
                draggable
                onClick={() => edits.append(c.choice)}
                onFocus={() => setAt(all.indexOf(c))}
                onDragStart={(e) => {
                  e.dataTransfer.effectAllowed = 'copyMove'
                  edits.dragNew(c.choice, c.name, e.dataTransfer)
                }}
                onDragEnd={edits.dragEnd}
              >
                <StepIcon look={c.look} size={30} />
              </button>
            </Tooltip>
          ))}
        </div>
      ))}
    </div>
  )
}
