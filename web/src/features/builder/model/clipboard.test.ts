import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exitsFrom, triggerId } from '@/features/flow/links'
import { copy, fromText, paste, toText } from './clipboard'
import { insert } from './edit'
import { automations, broken, row, step } from './testing'

const counter = () => {
  let n = 0
  return () => `new${n++}`
}

test('a pasted step has an ID and a namespace of its own', () => {
  const a = row('a')
  const copied = copy(a, 'a')
  const pasted = copied && paste(a, copied, { after: 'a', port: 'next' }, counter())
  expect(pasted?.id).toBe('new0')
  expect(pasted?.automation.configuration.actions.new0).toMatchObject({ id: 'new0', namespace: 'ns_a_2' })
})

test('steps that read each other go on doing so under their new names', () => {
  let a = insert(row(), 'if', step('CONDITION', 'if'), { after: triggerId, port: 'next' })
  a = insert(a, 'first', step('APP_DEFINED', 'first'), { after: 'if', port: 'true' })
  const reader = {
    ...step('APP_DEFINED', 'reader'),
    appDefinedInfo: {
      appId: 'belay',
      actionKey: 'notify',
      inputMapping: { message: '{{var("ns_first.id")}} {{var("ns_other.id")}}' },
    },
  }
  a = insert(a, 'reader', reader, { after: 'first', port: 'next' })
  const copied = copy(a, 'if')
  const pasted = copied && paste(a, copied, { after: 'if', port: 'false' }, counter())
  expect(Object.keys(copied?.actions ?? {})).toHaveLength(3)
  const messages = Object.values(pasted?.automation.configuration.actions ?? {}).flatMap(
    (s) => s.appDefinedInfo?.inputMapping?.message ?? [],
  )
  expect(messages).toContain('{{var("ns_first_2.id")}} {{var("ns_other.id")}}')
})

test('other texts hold no steps', () => {
  for (const text of [
    '',
    'hello',
    '{"kind":"belay/steps"}',
    '{"kind":"belay/steps","first":"x","actions":{}}',
    'belay/steps {',
  ]) {
    expect(fromText(text)).toBeUndefined()
  }
})

test('whatever is copied can be pasted anywhere, through text, and the graph holds', () => {
  fc.assert(
    fc.property(automations, fc.nat(), fc.nat(), fc.nat(), (a, what, where, way) => {
      const ids = Object.keys(a.configuration.actions)
      const id = ids[what % Math.max(ids.length, 1)]
      if (id === undefined) return
      const copied = copy(a, id)
      const read = copied && fromText(toText(copied))
      expect(read).toEqual(copied)
      const froms = [triggerId, ...ids]
      const after = froms[where % froms.length] as string
      const exits = exitsFrom(a, after)
      const exit = exits[way % exits.length]
      const pasted = read && exit && paste(a, read, { after, port: exit.port }, counter())
      if (!pasted || !copied) throw new Error('nothing was pasted')
      expect(broken(pasted.automation)).toEqual([])
      expect(Object.keys(pasted.automation.configuration.actions)).toHaveLength(
        ids.length + Object.keys(copied.actions).length,
      )
    }),
  )
})
