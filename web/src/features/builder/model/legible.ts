import { segmentsOf } from '@/lib/formula/segments'
import { titleOf } from '@/lib/schema/title'

/** By what names the parts of a step lead to others. */
export const linkNames = ['postActionIds', 'postActionId', 'truePostActionIds', 'falsePostActionIds']

type Titles = (path: string) => string | undefined

/**
 * A value of a document for people: fields by their titles, formulas without their
 * braces, lists and objects line by line.
 */
export function legible(value: unknown, titles: Titles): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return text(value, titles)
  if (Array.isArray(value)) return lines(value.map((one) => legible(one, titles)))
  if (typeof value !== 'object') return String(value)
  return lines(
    Object.entries(value).map(([key, one]) => {
      if (key === 'id' || linkNames.includes(key)) return ''
      const said = legible(one, titles)
      return typeof one === 'object' || said === '' ? said : `${titleOf(key)}: ${said}`
    }),
  )
}

const lines = (list: string[]) => list.filter((line) => line !== '').join('\n')

function text(value: string, titles: Titles): string {
  return segmentsOf(value)
    .map((s) => {
      const piece = value.slice(s.from, s.to)
      if (s.kind === 'text') return piece
      if (s.kind === 'variable') return `‹${titles(s.path) ?? s.path}›`
      return piece
        .slice(2, -2)
        .trim()
        .replace(/var\(\s*(["'])([^"']*)\1\s*\)/g, (_, __, path: string) => `‹${titles(path) ?? path}›`)
    })
    .join('')
}
