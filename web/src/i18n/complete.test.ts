import { expect, test } from 'vitest'

type Texts = { [key: string]: string | Texts }
const files = import.meta.glob<{ default: Texts }>(['./en/*.ts', './ar/*.ts'], { eager: true })

const of = (language: string) =>
  new Map(
    Object.entries(files).flatMap(([path, m]) =>
      path.startsWith(`./${language}/`) ? [[path.slice(5), m.default] as const] : [],
    ),
  )

// Languages have plural forms of their own, so a key counts without its form.
const plural = /_(zero|one|two|few|many|other)$/
function keys(texts: Texts, prefix = ''): Set<string> {
  return new Set(
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === 'string' ? [prefix + key.replace(plural, '')] : [...keys(value, `${prefix + key}.`)],
    ),
  )
}

test('every text stands in every language', () => {
  const en = of('en')
  const ar = of('ar')
  expect([...ar.keys()].sort()).toEqual([...en.keys()].sort())
  for (const [name, texts] of en) {
    expect([...keys(ar.get(name) ?? {})].sort(), name).toEqual([...keys(texts)].sort())
  }
})

test('every text takes the same values in every language', () => {
  const values = (texts: Texts, prefix = ''): [string, string][] =>
    Object.entries(texts).flatMap(([key, v]) =>
      typeof v === 'string'
        ? [
            [
              (prefix + key).replace(plural, ''),
              [...v.matchAll(/\{\{-?\s*(\w+)/g)]
                .map((m) => m[1])
                .filter((n) => n !== 'count')
                .sort()
                .join(),
            ] as [string, string],
          ]
        : values(v, `${prefix + key}.`),
    )
  const ar = of('ar')
  for (const [name, texts] of of('en')) {
    const there = new Map(values(ar.get(name) ?? {}))
    for (const [key, names] of values(texts)) expect(there.get(key), `${name}: ${key}`).toBe(names)
  }
})
