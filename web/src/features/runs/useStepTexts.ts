import { useMemo } from 'react'
import type { StepText } from '@/features/flow/describe'
import type { Action, Automation } from '@/features/flow/document'
import { useDescribe } from '@/features/flow/useDescribe'
import type { RunTold } from './queries'

/** How the trigger and the steps of a run are shown, by the names that came with it. */
export function useStepTexts(automation: Automation, run: RunTold): (id: string) => StepText {
  const names = useMemo(() => {
    const action = ({ appDefinedInfo: info }: Action) =>
      run.names.actions.find((n) => n.appId === info?.appId && n.actionKey === info?.actionKey)?.name
    const field = (path: string) => run.names.fields.find((f) => f.key === path)?.title
    return { trigger: run.names.trigger, action, field }
  }, [run.names])
  return useDescribe(automation, names)
}
