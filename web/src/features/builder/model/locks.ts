import type { Automation } from '@/features/flow/document'
import type { StepType } from './newStep'

/** What may be changed of an automation: all of one's own, and what an app's settings leave open of its. */
export type Rights = {
  edit: boolean
  trigger: boolean
  status: boolean
  addActions: boolean
  add: (type: StepType) => boolean
  change: (stepId: string) => boolean
  remove: (stepId: string) => boolean
}

/** What somebody may change who may change the site's automations at all, or may not. */
export function rightsOn(a: Automation, editable: boolean): Rights {
  const s = a.settings ?? {}
  const ofApp = a.origin === 'APPLICATION' || a.origin === 'PREINSTALLED'
  const edit = editable && !(ofApp && s.readonly)
  const steps = s.actionSettings ?? {}
  return {
    edit,
    trigger: edit && !(ofApp && s.triggerSettings?.disableConfigurationModification),
    status: editable && !(ofApp && s.disableStatusChange),
    addActions: edit && !ofApp,
    add: (type) => {
      if (!edit || !ofApp) return edit
      if (type === 'DELAY') return !steps.disableDelayAddition
      return type === 'CONDITION' && !steps.disableConditionAddition
    },
    change: (id) => edit && !(ofApp && steps.readonlyActionIds?.includes(id)),
    remove: (id) => edit && !(ofApp && (steps.permanentActionIds?.includes(id) || lastAction(a, id))),
  }
}

/** Whether a step is the only one that carries out an action. */
function lastAction(a: Automation, id: string): boolean {
  const acting = Object.entries(a.configuration.actions).filter(([, s]) => s.type === 'APP_DEFINED')
  return acting.length === 1 && acting[0]?.[0] === id
}
