import { expect, test } from 'vitest'
import type { Stats } from '../queries'
import { highest, instants, last, troubles } from './verdict'

const calm: Stats = {
  node: 'a',
  version: '1',
  date: '2026-11-23T09:00:00Z',
  nodes: 1,
  alone: true,
  retentionDays: 90,
  history: {
    startDate: '2026-11-23T08:00:00Z',
    stepSeconds: 20,
    events: [1, 3, 2],
    started: [],
    canceled: [],
    acts: [],
    attempts: [],
    failed: [],
    lateMs: [],
    behind: [],
    storeBytes: [],
  },
  lateness: { attempts: 9, p50Ms: 1, p95Ms: 5, p99Ms: 10, recentP99Ms: 10 },
  commits: { commits: 3, meanActs: 1, meanMs: 2, sizes: [] },
  queues: { commits: 0, near: 0, due: 0, overdue: 0, attempts: 0, deliveries: 0 },
  backlog: { countedDate: '2026-11-23T09:00:00Z', parts: [{ until: 'NOW', count: 0, more: false }] },
  store: {
    countedDate: '2026-11-23T09:00:00Z',
    events: '1',
    activations: '1',
    pending: '1',
    diskBytes: '1',
    growthBytesPerDay: 0,
  },
  failingHosts: [],
  sites: [],
  apps: [],
}

test('nothing is wrong where all is on time', () => {
  expect(troubles(calm)).toEqual([])
})

test('what waits longer than work waits anyway is overdue', () => {
  const waiting = (oldestDueDate: string): Stats => ({
    ...calm,
    backlog: { ...calm.backlog, oldestDueDate, parts: [{ until: 'NOW', count: 7, more: false }] },
  })
  expect(troubles(waiting('2026-11-23T08:59:58Z'))).toEqual([])
  expect(troubles(waiting('2026-11-23T08:50:00Z'))).toEqual([
    { kind: 'overdue', count: 7, more: false, since: '2026-11-23T08:50:00Z' },
  ])
})

test('lateness, hosts that fail often and a crowd are told, in that order', () => {
  const list = troubles({
    ...calm,
    lateness: { ...calm.lateness, recentP99Ms: 2500 },
    failingHosts: [
      { host: 'bad.example', attempts: '10', failed: '9' },
      { host: 'mostly-good.example', attempts: '100', failed: '5' },
      { host: 'once.example', attempts: '1', failed: '1' },
    ],
    queues: { ...calm.queues, commits: 4000 },
  })
  expect(list).toEqual([
    { kind: 'late', ms: 2500 },
    { kind: 'host', host: 'bad.example', attempts: 10, failed: 9 },
    { kind: 'crowded', count: 4000 },
  ])
})

test('a history has an instant for each step', () => {
  const start = Date.parse('2026-11-23T08:00:00Z') / 1000
  expect(instants(calm.history)).toEqual([start, start + 20, start + 40])
  expect([last(calm.history.events), highest(calm.history.events), last([]), highest([])]).toEqual([
    2, 3, 0, 0,
  ])
})
