import { expect, test } from 'vitest'
import { Echo } from './echo'

test('what was typed comes back, all of it or the last of it, and is no change', () => {
  const echo = new Echo()
  for (const text of ['a', 'ab', 'abc', 'abcd']) echo.say(text)
  expect(echo.returns('a')).toBe(true)
  expect(echo.returns('abc')).toBe(true)
  expect(echo.returns('abcd')).toBe(true)
})

test('what comes from elsewhere is a change, and so is what came back long ago', () => {
  const echo = new Echo()
  echo.say('a')
  echo.say('ab')
  expect(echo.returns('ab')).toBe(true)
  expect(echo.returns('a')).toBe(false)
  echo.say('b')
  expect(echo.returns('other')).toBe(false)
  expect(echo.returns('b')).toBe(false)
})
