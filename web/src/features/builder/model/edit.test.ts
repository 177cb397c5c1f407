import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Automation } from '@/features/flow/document'
import { exitsFrom, followers, outline, triggerId } from '@/features/flow/links'
import { insert, lostWith, move, remove, removeBelow } from './edit'
import { automations, broken, row, step } from './testing'

/** An automation as its outline: depth, way and step on each line. */
function drawn(a: Automation): string[] {
  return outline(a).map(
    (o) =>
      `${'  '.repeat(o.depth)}${o.link.port === 'next' ? '' : `${o.link.port} `}${o.id}${o.again ? ' again' : ''}`,
  )
}

/** first, then a condition with yes and no after it. */
function forked(): Automation {
  let a = row('first')
  a = insert(a, 'if', step('CONDITION', 'if'), { after: 'first', port: 'next' })
  a = insert(a, 'yes', step('APP_DEFINED', 'yes'), { after: 'if', port: 'true' })
  return insert(a, 'no', step('APP_DEFINED', 'no'), { after: 'if', port: 'false' })
}

describe('a step that is put in', () => {
  test('is followed by what was there', () => {
    const a = insert(row('a', 'b'), 'x', step('DELAY', 'x'), { after: 'a', port: 'next' })
    expect(drawn(a)).toEqual(['a', 'x', 'b'])
  })
  test('comes first behind the trigger', () => {
    const a = insert(row('a'), 'x', step('DELAY', 'x'), { after: triggerId, port: 'next' })
    expect(drawn(a)).toEqual(['x', 'a'])
  })
  test('with several ways out goes on with its first', () => {
    const a = insert(row('a', 'b'), 'x', step('SPLIT', 'x'), { after: 'a', port: 'next' })
    expect(drawn(a)).toEqual(['a', 'x', '  path:a b'])
  })
  test('takes the place of one of several that begin at once', () => {
    let a = row('a')
    a = {
      ...a,
      configuration: {
        ...a.configuration,
        rootActionIds: ['a', 'b'],
        actions: { ...a.configuration.actions, b: step('APP_DEFINED', 'b') },
      },
    }
    a = insert(a, 'x', step('DELAY', 'x'), { after: triggerId, port: 'next', before: 'b' })
    expect(drawn(a)).toEqual(['  a', '  x', '  b'])
  })
  test('is refused where there is no such way', () => {
    const a = row('a')
    expect(insert(a, 'x', step('DELAY', 'x'), { after: 'a', port: 'true' })).toBe(a)
    expect(insert(a, 'x', step('DELAY', 'x'), { after: 'nobody', port: 'next' })).toBe(a)
  })
  test('that ends its branch cannot stand before others', () => {
    const a = row('a', 'b')
    expect(insert(a, 'x', step('OUTPUT', 'x'), { after: 'a', port: 'next' })).toBe(a)
    expect(drawn(insert(a, 'x', step('OUTPUT', 'x'), { after: 'b', port: 'next' }))).toEqual(['a', 'b', 'x'])
  })
})

describe('a step that is removed', () => {
  test('leaves what follows it behind what led to it', () => {
    expect(drawn(remove(row('a', 'b', 'c'), 'b'))).toEqual(['a', 'c'])
  })
  test('leaves one of its ways and takes the other along', () => {
    const a = forked()
    expect(drawn(remove(a, 'if', 'false'))).toEqual(['first', 'no'])
    expect(lostWith(a, 'if', 'false')).toEqual(['yes'])
  })
  test('takes all along that is below it where that is asked for', () => {
    expect(drawn(removeBelow(forked(), 'if'))).toEqual(['first'])
  })
})

describe('a step that is moved', () => {
  test('leaves what followed it where it was', () => {
    expect(drawn(move(row('a', 'b', 'c'), 'a', { after: 'c', port: 'next' }))).toEqual(['b', 'c', 'a'])
  })
  test('goes onto a link', () => {
    expect(drawn(move(row('a', 'b', 'c'), 'c', { after: triggerId, port: 'next', before: 'a' }))).toEqual([
      'c',
      'a',
      'b',
    ])
  })
  test('takes its branches along', () => {
    const a = move(forked(), 'if', { after: triggerId, port: 'next', before: 'first' })
    expect(drawn(a)).toEqual(['if', '  true yes', '  first', '  false no'])
  })
  test('does not go below itself', () => {
    const a = forked()
    expect(move(a, 'if', { after: 'yes', port: 'next' })).toBe(a)
    expect(move(a, 'first', { after: 'first', port: 'next' })).toBe(a)
  })
})

test('no edit breaks a graph or loses a step that it does not name', () => {
  const edit = fc.record({
    kind: fc.constantFrom('insert', 'remove', 'move'),
    step: fc.nat(),
    place: fc.nat(),
    exit: fc.nat(),
    on: fc.boolean(),
  })
  fc.assert(
    fc.property(automations, fc.array(edit, { maxLength: 12 }), (start, edits) => {
      let a = start
      expect(broken(a)).toEqual([])
      edits.forEach((e, n) => {
        const ids = Object.keys(a.configuration.actions)
        const id = ids[e.step % Math.max(ids.length, 1)]
        const froms = [triggerId, ...ids]
        const after = froms[e.place % froms.length] as string
        const exits = exitsFrom(a, after)
        const way = exits[e.exit % Math.max(exits.length, 1)]
        const place = { after, port: way?.port ?? ('next' as const), before: e.on ? way?.to[0] : undefined }
        const before = Object.keys(a.configuration.actions)
        if (e.kind === 'insert') {
          a = insert(a, `n${n}`, step('APP_DEFINED', `n${n}`), place)
          for (const one of before) expect(a.configuration.actions).toHaveProperty(one)
          expect(followers(a, place.after, place.port)).toContain(`n${n}`)
        } else if (id !== undefined && e.kind === 'remove') {
          const lost = lostWith(a, id)
          a = remove(a, id)
          expect(new Set([...Object.keys(a.configuration.actions), ...lost, id])).toEqual(new Set(before))
        } else if (id !== undefined) {
          a = move(a, id, place)
          expect(new Set(Object.keys(a.configuration.actions))).toEqual(new Set(before))
        }
        expect(broken(a)).toEqual([])
      })
    }),
    { numRuns: 300 },
  )
})
