import { expect, test } from 'vitest'
import { goodColor, goodLogo, originsOf, wrongOrigin } from './look'

test('origins are read from lines, without their last slash', () => {
  expect(originsOf(' https://Shop.example.com/ \n\nhttp://localhost:3000')).toEqual([
    'https://shop.example.com',
    'http://localhost:3000',
  ])
})

test.each(['https://a.example/path', 'http://a.example', '*', 'a.example', 'https://a.example;script-src'])(
  '%s is no origin',
  (text) => expect(wrongOrigin(text)).toBe(text),
)

test.each(['https://a.example', 'https://*.a.example:8443', 'http://127.0.0.1:3000'])('%s is one', (text) =>
  expect(wrongOrigin(text)).toBeUndefined(),
)

test('a colour has six digits', () => {
  expect(goodColor('#0f766e')).toBe(true)
  expect(goodColor('#fff')).toBe(false)
  expect(goodColor('red')).toBe(false)
})

test('a logo comes by https or in the address itself', () => {
  expect(goodLogo('https://a.example/logo.svg')).toBe(true)
  expect(goodLogo('data:image/png;base64,iVBORw0KGgo=')).toBe(true)
  expect(goodLogo('http://a.example/logo.svg')).toBe(false)
  expect(goodLogo('javascript:alert(1)')).toBe(false)
})
