/** The six forms of a text in Arabic, as i18next looks for them; other is as many. */
export function forms<Key extends string>(
  key: Key,
  zero: string,
  one: string,
  two: string,
  few: string,
  many: string,
): Record<`${Key}_${'zero' | 'one' | 'two' | 'few' | 'many' | 'other'}`, string> {
  return {
    [`${key}_zero`]: zero,
    [`${key}_one`]: one,
    [`${key}_two`]: two,
    [`${key}_few`]: few,
    [`${key}_many`]: many,
    [`${key}_other`]: many,
  } as ReturnType<typeof forms<Key>>
}
