import type { Problem } from '../../model/problems'

/** What stands against a place of a part, and what lies in it: appDefinedInfo.inputMapping.to. */
export function problemsIn(problems: Problem[], place: string): Problem[] {
  return problems.filter((p) => {
    const rest = p.field?.startsWith(place) ? p.field.slice(place.length) : undefined
    return rest !== undefined && (rest === '' || rest.startsWith('.') || rest.startsWith('['))
  })
}

/** What stands against a place itself. */
export function problemsExactlyAt(problems: Problem[], place: string): Problem[] {
  return problems.filter((p) => p.field === place)
}
