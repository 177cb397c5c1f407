import { expect, test } from 'vitest'
import { rightsOn } from './locks'
import { row } from './testing'

test('whoever may not change the site changes nothing, and everybody else all of their own', () => {
  const own = row('a', 'b')
  expect(rightsOn(own, false)).toMatchObject({
    edit: false,
    trigger: false,
    status: false,
    addActions: false,
  })
  const all = rightsOn(own, true)
  expect([all.edit, all.trigger, all.status, all.add('SPLIT'), all.remove('a')]).toEqual([
    true,
    true,
    true,
    true,
    true,
  ])
})

test('what came with an app takes conditions and delays alone, and keeps its last action', () => {
  const r = rightsOn({ ...row('a'), origin: 'PREINSTALLED' }, true)
  expect([r.add('DELAY'), r.add('CONDITION'), r.add('SPLIT'), r.addActions]).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(r.remove('a')).toBe(false)
})

test('an app’s settings lock what they name', () => {
  const settings = {
    disableStatusChange: true,
    actionSettings: { permanentActionIds: ['a'], readonlyActionIds: ['b'], disableDelayAddition: true },
    triggerSettings: { disableConfigurationModification: true },
  }
  const r = rightsOn({ ...row('a', 'b'), origin: 'PREINSTALLED', settings }, true)
  expect([r.status, r.trigger, r.add('DELAY'), r.add('CONDITION')]).toEqual([false, false, false, true])
  expect([r.remove('a'), r.remove('b'), r.change('a'), r.change('b')]).toEqual([false, true, true, false])
  expect(rightsOn({ ...row('a'), origin: 'PREINSTALLED', settings: { readonly: true } }, true).edit).toBe(
    false,
  )
})
