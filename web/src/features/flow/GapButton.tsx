import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Gap, gapName, useFlow } from './FlowContext'
import classes from './flow.module.css'
import { triggerId } from './links'

/** A place where a step can be put, by a click or by letting one go over it; with words where it is the only one. */
export function GapButton({ gap, words }: { gap: Gap; words?: string }) {
  const { t } = useTranslation('flow')
  const flow = useFlow()
  const [over, setOver] = useState(false)
  if (!flow.onAdd) return null
  return (
    <button
      type="button"
      className={classes.plus}
      data-gap={gapName(gap)}
      data-dragging={flow.dragging || undefined}
      data-over={over || flow.over === gapName(gap) || undefined}
      data-words={words !== undefined || undefined}
      // Tab leads to the places behind the step that it leads to; + on the step is the short way.
      tabIndex={words !== undefined || (flow.selected ?? triggerId) === gap.after ? 0 : -1}
      aria-label={words ?? t('addAfter', { step: flow.describe(gap.after).title })}
      onClick={() => flow.onAdd?.(gap)}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        flow.onDrop?.(gap, e.dataTransfer)
      }}
    >
      <IconPlus size={15} stroke={2.2} aria-hidden />
      {words}
    </button>
  )
}
