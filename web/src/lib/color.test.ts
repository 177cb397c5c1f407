import { expect, test } from 'vitest'
import { contrast, readable, shades } from './color'

test('contrast is that of WCAG', () => {
  expect(contrast('#ffffff', '#000000')).toBeCloseTo(21)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 1)
})

test.each(['#ffee00', '#ff8800', '#0f766e', '#ffffff', '#000000'])(
  'white text can be read on %s',
  (color) => {
    expect(contrast(readable(color), '#ffffff')).toBeGreaterThanOrEqual(4.5)
  },
)

test('a colour that can be read stays what it is', () => {
  expect(readable('#0f766e')).toBe('#0f766e')
})

test('there are ten shades, each darker than the one before', () => {
  const list = shades('#0f766e')
  expect(list).toHaveLength(10)
  const onWhite = list.map((one) => contrast(one, '#ffffff'))
  expect(onWhite).toEqual([...onWhite].sort((a, b) => a - b))
})
