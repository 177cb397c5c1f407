import type { Automation, JsonSchema } from '@/features/flow/document'
import type { Catalog } from './catalog'
import type { Problem } from './problems'

/** What a form that edits one part of an automation is told beside the part itself. */
export type EditorContext = {
  siteId: string
  site: { name: string; timeZone: string; locale: string }
  /** The draft as it is on screen. */
  automation: Automation
  /** The step that is edited; left out for the trigger. */
  stepId?: string
  catalog: Catalog
  /** All that expressions of this part may read: the payload, what steps before give, variables. */
  schema: JsonSchema
  /** Example values in the shape of the schema. */
  examples: Record<string, unknown>
  /** What stands against this part. */
  problems: Problem[]
  readOnly: boolean
  /** Edits of the graph that a form of a split needs. */
  actions?: PathActions
  /** Edits the whole automation: a start some time after the trigger's date is a delay before all else. */
  onAutomation?: OnChange<Automation>
}

export type PathActions = {
  addPath: () => void
  removePath: (pathId: string) => void
  movePath: (pathId: string, to: number) => void
}

/**
 * Tells of a change, as what it makes of the part as that is by then: forms may tell of
 * it before an earlier change is shown. Changes with one key in quick succession are
 * undone in one go.
 */
export type OnChange<T> = (edit: (now: T) => T, key?: string) => void
