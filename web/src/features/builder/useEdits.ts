import { type RefObject, useState } from 'react'
import type { StepText } from '@/features/flow/describe'
import type { Gap } from '@/features/flow/FlowContext'
import { exitsFrom, triggerId } from '@/features/flow/links'
import type { Catalog } from './model/catalog'
import { type Copied, copy, paste } from './model/clipboard'
import { insert, lostWith, move, remove, removeBelow, usedPorts } from './model/edit'
import type { Rights } from './model/locks'
import { type Choice, newStep } from './model/newStep'
import type { Place } from './model/place'
import { seenBy } from './model/scope'
import type { Workspace } from './useWorkspace'

type Options = {
  workspace: Workspace
  catalog: Catalog
  describe: (id: string) => StepText
  rights: Rights
  panel: RefObject<HTMLDivElement | null>
  /** What is chosen at first in an automation without steps. */
  begin?: string
}

const newId = () => crypto.randomUUID()

export type Edits = ReturnType<typeof useEdits>

/** What is chosen in the builder, and all that can be done to the graph there. */
export function useEdits({ workspace, catalog, describe, rights, panel, begin }: Options) {
  const { automation, apply } = workspace
  const empty = Object.keys(automation.configuration.actions).length === 0
  const [selected, setSelected] = useState<string | undefined>(empty ? begin : undefined)
  const [gap, setGap] = useState<Gap>()
  const [removing, setRemoving] = useState<string>()
  const [dragged, setDragged] = useState<string>()
  // A step that was undone or removed is chosen no more.
  const there =
    selected !== undefined && (selected === triggerId || selected in automation.configuration.actions)

  /** Puts the cursor into the form of the step that is chosen. */
  function edit() {
    setTimeout(() => {
      const field = panel.current?.querySelector<HTMLElement>(
        '[data-form] :is(input, textarea, select, [contenteditable="true"], button)',
      )
      ;(field ?? panel.current)?.focus()
    }, 60)
  }

  function chooseNew(id: string) {
    setSelected(id)
    edit()
  }

  /** Chooses what follows a step that goes, so that the keyboard goes on from there. */
  function take(id: string) {
    const next = exitsFrom(automation, id).find((e) => e.to.length > 0)?.to[0] ?? triggerId
    // On a small screen what is chosen covers the list.
    setSelected(begin === undefined ? undefined : next)
    setTimeout(
      () => document.querySelector<HTMLElement>(`[data-step="${next}"]`)?.focus({ preventScroll: true }),
      60,
    )
  }

  return {
    selected: there ? selected : undefined,
    select: setSelected,
    edit,
    gap,
    /** Asks what is to be put into a gap; nothing, to ask no more. */
    ask: (next: Gap | undefined) => rights.edit && setGap(next),
    add: (choice: Choice) => {
      if (!gap) return
      const seen = seenBy(
        automation,
        catalog,
        gap.after === triggerId ? undefined : gap.after,
        (id) => describe(id).title,
      )
      const step = newStep(choice, automation, seen, newId)
      apply(insert(automation, step.id as string, step, gap))
      setGap(undefined)
      chooseNew(step.id as string)
    },
    removing,
    cancelRemove: () => setRemoving(undefined),
    /** Removes a step, and asks first where several ways go on behind it. */
    remove: (id: string) => {
      if (id === triggerId || !rights.remove(id)) return
      if (usedPorts(automation, id).length > 1) return setRemoving(id)
      take(id)
      apply(remove(automation, id))
    },
    /** Removes a step whose ways were asked about: one of them is kept, or none. */
    removeKeeping: (id: string, keep: Parameters<typeof remove>[2] | 'none') => {
      take(id)
      apply(keep === 'none' ? removeBelow(automation, id) : remove(automation, id, keep))
      setRemoving(undefined)
    },
    lost: (id: string, keep: Parameters<typeof remove>[2]) => lostWith(automation, id, keep),
    copied: (id: string) => copy(automation, id),
    /** Puts copied steps behind a step. */
    paste: (copied: Copied, place: Place) => {
      if (!rights.addActions) return
      const done = paste(automation, copied, place, newId)
      if (!done) return
      apply(done.automation)
      setSelected(done.id)
    },
    duplicate: (id: string) => {
      const copied = copy(automation, id)
      const port = exitsFrom(automation, id)[0]?.port
      const done = copied && port && paste(automation, copied, { after: id, port }, newId)
      if (!done) return
      apply(done.automation)
      chooseNew(done.id)
    },
    move: (id: string, place: Place) => apply(move(automation, id, place)),
    dragging: dragged !== undefined,
    drag: (id: string, data: DataTransfer) => {
      data.setData('text/plain', describe(id).title)
      // What is dragged must not change before the browser has taken its picture.
      setTimeout(() => setDragged(id), 0)
    },
    dragEnd: () => setDragged(undefined),
    drop: (place: Gap) => {
      if (dragged !== undefined) apply(move(automation, dragged, place))
      setDragged(undefined)
    },
  }
}
