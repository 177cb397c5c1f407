import type { Stats } from '../queries'

/** Something that an operator should look at, worst first. Its kind is a text below "trouble". */
export type Trouble =
  | { kind: 'overdue'; count: number; more: boolean; since: string | undefined }
  | { kind: 'late'; ms: number }
  | { kind: 'host'; host: string; failed: number; attempts: number }
  | { kind: 'crowded'; count: number }

/** From when on lateness is told of: people notice a second, machines do not. */
const lateMs = 1000
/** Work becomes due all the time; what waits for longer than this is overdue. */
const graceMs = 10_000
const crowd = 1000

/** What is wrong, in the order in which it should be looked at; nothing where all is well. */
export function troubles(stats: Stats): Trouble[] {
  const list: Trouble[] = []
  const overdue = stats.backlog.parts.find((part) => part.until === 'NOW')
  const oldest = stats.backlog.oldestDueDate
  const waits = oldest ? Date.parse(stats.backlog.countedDate) - Date.parse(oldest) : 0
  if (overdue && overdue.count > 0 && waits > graceMs) {
    list.push({ kind: 'overdue', count: overdue.count, more: overdue.more, since: oldest })
  }
  if (stats.lateness.recentP99Ms > lateMs) list.push({ kind: 'late', ms: stats.lateness.recentP99Ms })
  for (const { host, attempts, failed } of stats.failingHosts) {
    const [a, f] = [Number(attempts), Number(failed)]
    if (f >= 3 && f / a >= 0.2) list.push({ kind: 'host', host, failed: f, attempts: a })
  }
  if (stats.queues.commits > crowd) list.push({ kind: 'crowded', count: stats.queues.commits })
  return list
}

/** The last of a series, 0 for an empty one. */
export function last(series: readonly number[]): number {
  return series[series.length - 1] ?? 0
}

/** The highest of a series, 0 for an empty one. */
export function highest(series: readonly number[]): number {
  return Math.max(0, ...series)
}

/** The instants of a history, in seconds since 1970. */
export function instants(history: Stats['history']): number[] {
  const start = Date.parse(history.startDate) / 1000
  return history.events.map((_, n) => start + n * history.stepSeconds)
}
