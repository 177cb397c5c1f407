import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { again, type Failure, Keeper, pause, type SaveState } from './keeper'

// The document is a string; the place a revision, which each write has to name.

let revision: number
let written: string[]
let failing: Failure | undefined
let states: string[]

const kept = (first = 'a') =>
  new Keeper<string, number>(first, revision, {
    write: async (at, document) => {
      await new Promise((resolve) => setTimeout(resolve, 100))
      if (failing) throw failing
      if (at !== revision) throw { kind: 'conflict' }
      written.push(document)
      return ++revision
    },
    failure: (thrown) => thrown as Failure,
    onState: (state: SaveState) => states.push(state.kind),
  })

beforeEach(() => {
  vi.useFakeTimers()
  revision = 1
  written = []
  failing = undefined
  states = []
})
afterEach(() => vi.useRealTimers())

test('a change is saved after a pause, what is typed quickly in one go', async () => {
  const keeper = kept()
  keeper.take('ab')
  await vi.advanceTimersByTimeAsync(pause - 1)
  keeper.take('abc')
  await vi.advanceTimersByTimeAsync(pause + 100)
  expect(written).toEqual(['abc'])
  expect(states).toEqual(['dirty', 'dirty', 'saving', 'saved'])
})

test('a change that is taken back before it is saved leaves all saved', async () => {
  const keeper = kept()
  keeper.take('ab')
  keeper.take('a')
  expect(states.at(-1)).toBe('saved')
  await vi.advanceTimersByTimeAsync(10 * pause)
  expect(written).toEqual([])
})

test('changes during a write follow it, however often saving is asked for', async () => {
  const keeper = kept()
  keeper.take('ab')
  const first = keeper.flush()
  keeper.take('abc')
  const asked = [keeper.flush(), keeper.flush()]
  await vi.advanceTimersByTimeAsync(1000)
  expect(await Promise.all([first, ...asked])).toEqual([true, true, true])
  expect(written).toEqual(['ab', 'abc'])
  expect(states.at(-1)).toBe('saved')
})

test('a server that is away is asked again', async () => {
  const keeper = kept()
  failing = { kind: 'offline' }
  keeper.take('ab')
  await vi.advanceTimersByTimeAsync(pause + 100)
  expect(states.at(-1)).toBe('offline')
  failing = undefined
  await vi.advanceTimersByTimeAsync(again + 100)
  expect(written).toEqual(['ab'])
  expect(states.at(-1)).toBe('saved')
})

test('what is refused is not sent again until it changes', async () => {
  const keeper = kept()
  failing = { kind: 'refused', error: new Error('no') as never }
  keeper.take('ab')
  await vi.advanceTimersByTimeAsync(10 * again)
  expect(states).toEqual(['dirty', 'saving', 'refused'])
  failing = undefined
  keeper.take('abc')
  await vi.advanceTimersByTimeAsync(pause + 100)
  expect(written).toEqual(['abc'])
})

test('a conflict stays until one of both is chosen', async () => {
  const keeper = kept()
  revision = 7
  keeper.take('ab')
  await vi.advanceTimersByTimeAsync(pause + 100)
  keeper.take('abc')
  await vi.advanceTimersByTimeAsync(10 * again)
  expect(states.at(-1)).toBe('conflict')
  const mine = keeper.overwrite(revision)
  await vi.advanceTimersByTimeAsync(100)
  expect(await mine).toBe(true)
  expect(written).toEqual(['abc'])

  keeper.settle('theirs', revision)
  expect(keeper.done).toBe(true)
  await vi.advanceTimersByTimeAsync(10 * again)
  expect(written).toEqual(['abc'])
})
