import { expect, test } from 'vitest'
import { areAddresses, inList } from './addresses'

test.each([
  ['ines@example.com', true],
  ['ines@example.com, rui@example.com', true],
  ['Ines Duarte <ines@example.com>', true],
  ['"Duarte, Ines" <ines@example.com>, rui@example.com', true],
  ['ines@example.comrui@example.com', false],
  ['ines@example.com rui@example.com', false],
  ['ines@example.com,', false],
  ['Ines Duarte', false],
  ['', false],
])('whether %s is addresses', (text, are) => expect(areAddresses(text)).toBe(are))

test.each([
  ['', '', 'X'],
  ['a@b.c', '', ', X'],
  ['a@b.c, ', '', 'X'],
  ['a@b.c,', '', 'X'],
  ['', 'a@b.c', 'X, '],
  ['a@b.c, ', ', d@e.f', 'X'],
  ['a@b.c', 'd@e.f', ', X, '],
])('between "%s" and "%s" stands "%s"', (before, after, put) => expect(inList('X', before, after)).toBe(put))
