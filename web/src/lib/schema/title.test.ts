import { expect, test } from 'vitest'
import { titleOf } from './title'

test.each([
  ['customer', 'Customer'],
  ['customerFirstName', 'Customer first name'],
  ['guest_email', 'Guest email'],
  ['bookingId', 'Booking ID'],
  ['URLOfPage', 'URL of page'],
  ['line2', 'Line2'],
  ['a-b.c', 'A b c'],
  ['größe', 'Größe'],
  ['', ''],
])('the title of %j is %j', (key, want) => {
  expect(titleOf(key)).toBe(want)
})
