/** What is known of the program: a release, or a build of the sources as they were. */
export type Version = { release: string } | { built: Date; commit: string }

/** Reads a version as Go stamps it: 0.1.0, v0.1.0, v0.0.0-20261126113455-e3cba861d31d+dirty. */
export function readVersion(version: string): Version {
  const m = /[-.](\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)-([0-9a-f]{7})[0-9a-f]*(?:\+.*)?$/.exec(version)
  if (!m) return { release: version.replace(/^v(?=\d)/, '') }
  const [year = 0, month = 1, day = 1, hour, minute, second] = m.slice(1, 7).map(Number)
  return { built: new Date(Date.UTC(year, month - 1, day, hour, minute, second)), commit: m[7] ?? '' }
}
