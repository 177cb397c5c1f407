import type { Schema } from './api/client'

/** What people know something by: "Ines Duarte · Haircut"; empty where its payload says nothing to people. */
export function aboutOf(thing: { about: Schema<'RunField'>[] }): string {
  return thing.about.map((f) => String(f.value)).join(' · ')
}
