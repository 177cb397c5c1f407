import { Accordion, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { StepState, StepText } from '@/features/flow/describe'
import type { Automation } from '@/features/flow/document'
import { outline } from '@/features/flow/links'
import { StepIcon } from '@/features/flow/StepIcon'
import type { RunTold } from './queries'
import classes from './runs.module.css'
import { StepState as State, StepDetails } from './StepDetails'

type Props = {
  automation: Automation
  run: RunTold
  describe: (id: string) => StepText
  states: Record<string, StepState>
}

/** The steps of a run from top to bottom, the equal of the flow: those reached in full, the others by name. */
export function StepsList({ automation, run, describe, states }: Props) {
  const { t } = useTranslation('runs')
  const steps = outline(automation).filter((s) => !s.again)
  const byId = new Map(run.activation.actions.map((a) => [a.actionId, a]))
  if (steps.length === 0) return <Text c="dimmed">{t('run.noSteps')}</Text>
  const open = run.activation.actions.filter((a) => a.status === 'FAILED').map((a) => a.actionId)
  return (
    <Accordion multiple variant="separated" order={2} defaultValue={open}>
      {steps.map(({ id, depth }) => {
        const text = describe(id)
        const step = byId.get(id)
        const inset = Math.min(depth, 6) * 18
        if (!step) {
          return (
            <div key={id} className={classes.unreached} style={{ marginInlineStart: inset }}>
              <StepIcon look={text.look} size={32} />
              <div>
                <Text size="sm">{text.title}</Text>
                <State state="untouched" step={undefined} />
              </div>
            </div>
          )
        }
        return (
          <Accordion.Item key={id} value={id} ms={inset} className={classes.step}>
            <Accordion.Control icon={<StepIcon look={text.look} size={32} />}>
              <Text component="span" fw={550} size="sm" display="block">
                {text.title}
              </Text>
              <State state={states[id] ?? 'untouched'} step={step} />
            </Accordion.Control>
            <Accordion.Panel>
              <StepDetails state={states[id] ?? 'untouched'} step={step} />
            </Accordion.Panel>
          </Accordion.Item>
        )
      })}
    </Accordion>
  )
}
