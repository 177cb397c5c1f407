// @vitest-environment jsdom
import { cleanup, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Action, Automation } from '@/features/flow/document'
import type { Catalog } from '../model/catalog'
import { editTrigger } from '../model/edit'
import type { Problem } from '../model/problems'
import { StepForm, TriggerForm, TriggerPicker } from '.'
import { appId, browser, catalog, contextOf, reminder, show } from './testing'

beforeEach(() => {
  browser()
  vi.useFakeTimers({ now: new Date('2026-11-25T18:00:00Z'), toFake: ['Date'] })
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a trigger is found by words and picked; nobody meets the word event', async () => {
  const picked = vi.fn()
  await show(<TriggerPicker catalog={catalog} onPick={picked} />)
  expect(document.body.textContent).not.toMatch(/event/i)
  expect(screen.queryByText('Hidden')).toBeNull()
  expect(
    within(screen.getByRole('button', { name: /Appointment starts/ })).getByText('Before, at or after'),
  ).toBeTruthy()
  await userEvent.type(screen.getByRole('searchbox'), 'appointment cancel')
  expect(screen.getAllByRole('listitem')).toHaveLength(1)
  await userEvent.click(screen.getByRole('button', { name: /Appointment canceled/ }))
  expect(picked).toHaveBeenCalledWith({ appId, triggerKey: 'canceled' })
  await userEvent.type(screen.getByRole('searchbox'), ' zebra')
  expect(screen.getByText('Nothing found')).toBeTruthy()
})

function Timing({ onDocument }: { onDocument: (a: Automation) => void }) {
  const [a, setA] = useState(reminder)
  const set = (edit: (now: Automation) => Automation) => {
    setA(edit)
    onDocument(edit(a))
  }
  return (
    <TriggerForm
      value={a.configuration.trigger}
      context={contextOf(a, { onAutomation: set })}
      onChange={(edit) => set((now) => editTrigger(now, edit))}
    />
  )
}

test('a time before the date is said with a real date on the site’s clock', async () => {
  const documents: Automation[] = []
  await show(<Timing onDocument={(a) => documents.push(a)} />)
  const said = () => screen.getByText(/If “Start” is/).closest('[role=status]')?.textContent
  expect(said()).toContain('Wed, 2 Dec 2026, 10:00, this runs Wed, 2 Dec 2026, 10:00.')
  await userEvent.click(screen.getByLabelText('Some time before'))
  expect(said()).toContain('this runs Tue, 1 Dec 2026, 10:00.')
  expect(documents.at(-1)?.configuration.trigger.scheduledEventOffset).toEqual({
    preScheduledEventOffsetExpression: '{{1}}',
    scheduledEventOffsetTimeUnit: 'DAYS',
  })
  await userEvent.click(screen.getByLabelText('Some time after'))
  expect(said()).toContain('this runs Thu, 3 Dec 2026, 10:00.')
  const { configuration } = documents.at(-1) as Automation
  expect(configuration.trigger.scheduledEventOffset).toBeUndefined()
  expect(Object.values(configuration.actions).map((s) => s.type)).toEqual(['DELAY'])
})

function Condition({ onStep }: { onStep: (a: Action) => void }) {
  const [step, setStep] = useState<Action>({
    id: 'c',
    type: 'CONDITION',
    conditionInfo: {
      orExpressionGroups: [{ operator: 'AND', booleanExpressions: ['{{numberGt(var("seats");8)}}'] }],
    },
  })
  return (
    <StepForm
      value={step}
      context={contextOf(reminder, { stepId: 'c' })}
      onChange={(edit) => {
        setStep(edit)
        onStep(edit(step))
      }}
    />
  )
}

test('a condition is a field, a comparison and a value', async () => {
  const steps: Action[] = []
  await show(<Condition onStep={(s) => steps.push(s)} />)
  const row = within(screen.getByRole('group', { name: 'Condition 1' }))
  expect((row.getByRole('combobox', { name: 'Choose a value' }) as HTMLInputElement).value).toBe('Seats')
  expect((row.getByRole('combobox', { name: 'Comparison' }) as HTMLInputElement).value).toBe('is over')
  const value = row.getByRole('textbox', { name: 'Compared with' })
  await userEvent.clear(value)
  await userEvent.type(value, '12')
  const written = () => steps.at(-1)?.conditionInfo?.orExpressionGroups
  expect(written()).toEqual([{ operator: 'AND', booleanExpressions: ['{{numberGt(var("seats");12)}}'] }])
  await userEvent.click(row.getByRole('combobox', { name: 'Choose a value' }))
  await userEvent.click(await screen.findByRole('option', { name: /Service/ }))
  expect(written()?.[0]?.booleanExpressions).toEqual(['{{stringEq(var("service");"")}}'])
  await userEvent.click(screen.getByRole('button', { name: 'Add a condition' }))
  expect(written()?.[0]?.booleanExpressions).toHaveLength(2)
  await userEvent.click(screen.getByText('One of these is enough'))
  expect(written()?.[0]?.operator).toBe('OR')
})

test('nothing can be changed where one may only look', async () => {
  const changed = vi.fn()
  const step: Action = {
    id: 'd',
    type: 'DELAY',
    delayInfo: { offsetExpression: '{{2}}', offsetTimeUnit: 'DAYS' },
  }
  await show(
    <StepForm
      value={step}
      context={contextOf(reminder, { stepId: 'd', readOnly: true })}
      onChange={changed}
    />,
  )
  await userEvent.type(screen.getByRole('textbox', { name: 'How long' }), '5')
  expect(screen.queryByRole('button', { name: 'Use a formula' })).toBeNull()
  expect(changed).not.toHaveBeenCalled()
})

test('what a form tells late keeps what has changed meanwhile', async () => {
  const edits: ((now: Action) => Action)[] = []
  const step: Action = {
    id: 'd',
    type: 'DELAY',
    displayName: 'Wait',
    skipActionExpression: '{{true}}',
    delayInfo: { offsetExpression: '{{2}}' },
  }
  await show(
    <StepForm
      value={step}
      context={contextOf(reminder, { stepId: 'd' })}
      onChange={(edit) => edits.push(edit)}
    />,
  )
  await userEvent.type(screen.getByLabelText('Name of this step'), '!')
  const meanwhile = { ...step, delayInfo: { offsetExpression: '{{3}}' } }
  expect(edits[0]?.(meanwhile)).toEqual({ ...meanwhile, displayName: 'Wait!' })
})

const tooMany: Problem = {
  id: 'p1',
  part: 'trigger',
  severity: 'error',
  message: 'must be at most 5',
  reason: 'MAXIMUM',
  field: 'automationConfigMapping.atLeast',
}

function Settings({ onDocument }: { onDocument: (a: Automation) => void }) {
  const [a, setA] = useState(reminder)
  const [builtIn, app] = catalog
  const declared = {
    ...app?.triggers[0],
    automationConfigSchema: {
      type: 'object',
      required: ['board'],
      properties: {
        board: { type: 'string', title: 'Board', enum: ['front', 'back'] },
        atLeast: { type: 'integer', title: 'Stars at least' },
        note: { type: 'string', title: 'Note' },
      },
    },
  }
  return (
    <TriggerForm
      value={a.configuration.trigger}
      context={contextOf(a, {
        catalog: [builtIn, { ...app, triggers: [declared] }] as Catalog,
        problems: [tooMany],
      })}
      onChange={(edit) => {
        const next = editTrigger(a, edit)
        setA(next)
        onDocument(next)
      }}
    />
  )
}

test('what an app lets an automation set for itself is filled in, and no formula stands in it', async () => {
  const documents: Automation[] = []
  await show(<Settings onDocument={(a) => documents.push(a)} />)
  await userEvent.type(screen.getByLabelText('Stars at least'), '9')
  await userEvent.type(screen.getByLabelText('Note'), 'a{{{{1}}')
  expect(documents.at(-1)?.configuration.trigger.automationConfigMapping).toEqual({
    atLeast: 9,
    note: 'a{{1}}',
  })
  expect(screen.getByText('Must be at most 5')).toBeTruthy()
})
