import { expect, test } from 'vitest'
import { soon } from './next'

const now = new Date('2030-05-12T21:30:00Z')
const berlin = { locale: 'en-GB', timeZone: 'Europe/Berlin' }

test.each([
  ['2030-05-12T21:45:00Z', 'today', '23:45'],
  ['2030-05-12T22:15:00Z', 'tomorrow', '00:15'],
  ['2030-05-13T07:00:00Z', 'tomorrow', '09:00'],
  ['2030-05-15T07:00:00Z', 'Wednesday 15 May', '09:00'],
])('%s is %s at %s on the wall of the site', (at, day, time) =>
  expect(soon(new Date(at), now, berlin)).toEqual({ day, time }),
)
