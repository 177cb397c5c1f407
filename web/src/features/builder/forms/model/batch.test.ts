import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { batched } from './batch'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('what is wanted at about the same time is asked for in one call', async () => {
  const calls: number[][] = []
  const double = batched(
    async (list: number[]) => {
      calls.push(list)
      return list.map((n) => n * 2)
    },
    20,
    3,
  )
  const results = Promise.all([double(1), double(2), double(3), double(4)])
  await vi.advanceTimersByTimeAsync(20)
  expect(await results).toEqual([2, 4, 6, 8])
  expect(calls).toEqual([[1, 2, 3], [4]])
})

test('a call that fails fails all that wait for it, and the next goes out', async () => {
  let fails = true
  const ask = batched(
    async (list: number[]) => {
      if (fails) throw new Error('no answer')
      return list
    },
    20,
    9,
  )
  const lost = Promise.allSettled([ask(1), ask(2)])
  await vi.advanceTimersByTimeAsync(20)
  expect((await lost).map((r) => r.status)).toEqual(['rejected', 'rejected'])
  fails = false
  const found = ask(3)
  await vi.advanceTimersByTimeAsync(20)
  expect(await found).toBe(3)
})
