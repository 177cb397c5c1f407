import { expect, test } from 'vitest'
import { begin, change, redo, undo } from './history'

test('undo and redo go through what was changed', () => {
  let h = change(change(begin('a'), 'b', 0), 'c', 0)
  h = undo(h)
  expect(h.present).toBe('b')
  h = undo(undo(h))
  expect(h.present).toBe('a')
  h = redo(redo(redo(h)))
  expect(h.present).toBe('c')
})

test('typing in one field is undone in one go, until there is a pause or another field', () => {
  let h = begin('')
  h = change(h, 'h', 0, 'name')
  h = change(h, 'hi', 300, 'name')
  h = change(h, 'hi!', 5000, 'name')
  h = change(h, 'text', 5100, 'text')
  expect(h.past).toEqual(['', 'hi', 'hi!'])
})

test('what is changed after an undo takes the place of what was undone', () => {
  const h = change(undo(change(begin('a'), 'b', 0)), 'c', 10)
  expect(redo(h).present).toBe('c')
  expect(undo(h).present).toBe('a')
})

test('typing after an undo does not swallow the state that was gone back to', () => {
  let h = change(change(begin('a'), 'ab', 0, 'name'), 'abc', 10, 'name')
  h = change(undo(h), 'ax', 20, 'name')
  expect(undo(h).present).toBe('a')
})
