import { type RefObject, useEffect, useRef, useState } from 'react'
import type { StepText } from '@/features/flow/describe'
import type { Automation } from '@/features/flow/document'
import { type Gap, gapOf, type Lifting } from '@/features/flow/FlowContext'
import { exitsFrom, outline, triggerId } from '@/features/flow/links'
import { gapNear, type Point } from '@/features/flow/useHold'
import { focusForm } from './focusForm'
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
  /** Whether what is chosen covers the steps, as it does on a small screen. */
  covers: boolean
  /** What is chosen at first in an automation without steps. */
  begin?: string
}

/** A step by its ID, or one that is yet to be made. */
type Dragged = string | Choice

const newId = () => crypto.randomUUID()

export type Edits = ReturnType<typeof useEdits>

/** What is chosen in the builder, and all that can be done to the graph there. */
export function useEdits({ workspace, catalog, describe, rights, panel, covers, begin }: Options) {
  const { automation, apply } = workspace
  const empty = Object.keys(automation.configuration.actions).length === 0
  const [selected, setSelected] = useState<string | undefined>(empty ? begin : undefined)
  const [gap, setGap] = useState<Gap>()
  const [removing, setRemoving] = useState<string>()
  const [dragged, setDragged] = useState<Dragged>()
  // What a finger carries: its name, and the gap that it would fall into.
  const [carried, setCarried] = useState<{ name: string; at: Point; over?: string }>()
  const over = useRef<string>(undefined)
  // A step that was undone or removed is chosen no more.
  const there =
    selected !== undefined && (selected === triggerId || selected in automation.configuration.actions)

  /** Puts the cursor into the form of the step that is chosen. */
  function edit() {
    focusForm(() => panel.current)
  }

  // Who comes to an automation without steps goes on in the form, by keyboard too.
  // biome-ignore lint/correctness/useExhaustiveDependencies: on arrival only
  useEffect(() => {
    if (selected !== undefined && !covers) edit()
  }, [])

  function chooseNew(id: string) {
    setSelected(id)
    edit()
  }

  /** Chooses what follows a step that goes, so that the keyboard goes on from there. */
  function take(id: string) {
    const next = exitsFrom(automation, id).find((e) => e.to.length > 0)?.to[0] ?? triggerId
    // On a small screen what is chosen covers the list.
    setSelected(covers ? undefined : next)
    setTimeout(
      () => document.querySelector<HTMLElement>(`[data-step="${next}"]`)?.focus({ preventScroll: true }),
      60,
    )
  }

  function addTo(choice: Choice, place: Gap) {
    const after = place.after === triggerId ? undefined : place.after
    const seen = seenBy(automation, catalog, after, (id) => describe(id).title)
    const step = newStep(choice, automation, seen, newId)
    apply((now) => insert(now, step.id as string, step, place))
    chooseNew(step.id as string)
  }

  function drop(what: Dragged | undefined, place: Gap) {
    if (typeof what === 'string') apply((now) => move(now, what, place))
    else if (what) addTo(what, place)
    setDragged(undefined)
  }

  /** Carries a step, or one that is yet to be made, with a finger. */
  function carry(what: Dragged, name: string): Lifting {
    const end = () => {
      setCarried(undefined)
      setDragged(undefined)
    }
    return {
      onLift: (at) => {
        over.current = undefined
        setCarried({ name, at })
        setDragged(what)
      },
      onMove: (at) => {
        scrollAt(at.y)
        const next = gapNear(at)
        if (next === over.current) return
        over.current = next
        setCarried({ name, at, over: next })
      },
      onDrop: () => {
        end()
        if (over.current !== undefined) drop(what, gapOf(over.current))
      },
      onCancel: end,
    }
  }

  function lift(what: Dragged, name: string, data: DataTransfer) {
    data.setData('text/plain', name)
    // What is dragged must not change before the browser has taken its picture.
    setTimeout(() => setDragged(what), 0)
  }

  /** Puts copied steps in, and returns the ID of the first; nothing where they cannot stand. */
  function put(copied: Copied, place: Place): string | undefined {
    const ids = Object.keys(copied.actions).map(newId)
    const put = (a: Automation) => {
      const left = ids.values()
      return paste(a, copied, place, () => left.next().value as string)
    }
    const id = put(automation)?.id
    if (id !== undefined) apply((now) => put(now)?.automation ?? now)
    return id
  }

  return {
    selected: there ? selected : undefined,
    select: setSelected,
    edit,
    gap,
    /** Asks what is to be put into a gap; nothing, to ask no more. */
    ask: (next: Gap | undefined) => rights.edit && setGap(next),
    /** Puts a new step into the gap that was asked about. */
    add: (choice: Choice) => {
      if (gap) addTo(choice, gap)
      setGap(undefined)
    },
    /** Puts a new step behind the one that is chosen, or else behind the last. */
    append: (choice: Choice) => {
      const after = (there && selected) || outline(automation).at(-1)?.id || triggerId
      const port = exitsFrom(automation, after)[0]?.port
      if (port) addTo(choice, { after, port })
    },
    removing,
    cancelRemove: () => setRemoving(undefined),
    /** Removes a step, and asks first where several ways go on behind it. */
    remove: (id: string) => {
      if (id === triggerId || !rights.remove(id)) return
      if (usedPorts(automation, id).length > 1) return setRemoving(id)
      take(id)
      apply((now) => remove(now, id))
    },
    /** Removes a step whose ways were asked about: one of them is kept, or none. */
    removeKeeping: (id: string, keep: Parameters<typeof remove>[2] | 'none') => {
      take(id)
      apply((now) => (keep === 'none' ? removeBelow(now, id) : remove(now, id, keep)))
      setRemoving(undefined)
    },
    lost: (id: string, keep: Parameters<typeof remove>[2]) => lostWith(automation, id, keep),
    copied: (id: string) => copy(automation, id),
    /** Puts copied steps behind a step. */
    paste: (copied: Copied, place: Place) => {
      const id = rights.addActions && put(copied, place)
      if (id) setSelected(id)
    },
    duplicate: (id: string) => {
      const copied = copy(automation, id)
      const port = exitsFrom(automation, id)[0]?.port
      const twin = copied && port && put(copied, { after: id, port })
      if (twin) chooseNew(twin)
    },
    move: (id: string, place: Place) => apply((now) => move(now, id, place)),
    dragging: dragged !== undefined,
    drag: (id: string, data: DataTransfer) => lift(id, describe(id).title, data),
    /** Begins to drag a step that is not there yet. */
    dragNew: (choice: Choice, name: string, data: DataTransfer) => lift(choice, name, data),
    dragEnd: () => setDragged(undefined),
    drop: (place: Gap) => drop(dragged, place),
    carried,
    carry: (id: string) => carry(id, describe(id).title),
    /** Carries a step that is not there yet. */
    carryNew: (choice: Choice, name: string) => carry(choice, name),
  }
}

/** How near to its edge a finger scrolls the list of steps, and how far at a time; in pixels. */
const edge = 70
const stride = 12

function scrollAt(y: number) {
  const list = document.querySelector('[data-view="list"]')
  const box = list?.getBoundingClientRect()
  if (!list || !box) return
  if (y < box.top + edge) list.scrollBy(0, -stride)
  else if (y > box.bottom - edge) list.scrollBy(0, stride)
}
