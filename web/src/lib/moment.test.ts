import fc from 'fast-check'
import { expect, test } from 'vitest'
import { halvesOf, type MomentKind, readMoment, writeMoment } from './moment'

const locales = [
  'en-GB',
  'en-US',
  'en-CA',
  'de-DE',
  'fr-FR',
  'es-ES',
  'pt-BR',
  'it-IT',
  'pl-PL',
  'cs-CZ',
  'hu-HU',
  'fi-FI',
  'da-DK',
  'sv-SE',
  'ru-RU',
  'el-GR',
  'tr-TR',
  'he-IL',
  'ar',
  'ar-EG',
  'ar-SA',
  'ar-SY',
  'fa-IR',
  'hi-IN',
  'th-TH',
  'ja-JP',
  'ko-KR',
  'zh-CN',
]

test.each(locales)('what is written in %s is read back', (locale) => {
  const two = (n: number) => String(n).padStart(2, '0')
  fc.assert(
    fc.property(
      fc.constantFrom<MomentKind>('date', 'dateTime', 'time'),
      fc.integer({ min: 1970, max: 2199 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 59 }),
      (kind, year, month, day, hour, minute) => {
        const date = `${year}-${two(month)}-${two(day)}`
        const clock = `${two(hour)}:${two(minute)}`
        const value = kind === 'date' ? date : kind === 'time' ? clock : `${date}T${clock}`
        expect(readMoment(writeMoment(value, kind, locale), kind, locale)).toBe(value)
      },
    ),
  )
})

test.each<[string, MomentKind, string, string]>([
  ['1/12/2026 10:00', 'dateTime', 'en-GB', '2026-12-01T10:00'],
  ['12/1/2026 10:00', 'dateTime', 'en-US', '2026-12-01T10:00'],
  ['12/1/26, 1:05 pm', 'dateTime', 'en-US', '2026-12-01T13:05'],
  ['12/1/2026 12 am', 'dateTime', 'en-US', '2026-12-01T00:00'],
  ['1.12.2026 10.30', 'dateTime', 'fi-FI', '2026-12-01T10:30'],
  ['1.12.26', 'date', 'de-DE', '2026-12-01'],
  ['1. Dezember 2026', 'date', 'de-DE', '2026-12-01'],
  ['1 december 2026', 'date', 'de-DE', '2026-12-01'],
  ['Tue 1 Dece 2026 at 9:15', 'dateTime', 'en-GB', '2026-12-01T09:15'],
  ['2026-12-01 23:59', 'dateTime', 'en-US', '2026-12-01T23:59'],
  ['2026-12-01T23:59', 'dateTime', 'ar', '2026-12-01T23:59'],
  ['١/١٢/٢٠٢٦', 'date', 'ar-EG', '2026-12-01'],
  ['2026/12/1', 'date', 'ja-JP', '2026-12-01'],
  ['29 Feb 2028', 'date', 'en-GB', '2028-02-29'],
  ['7:30 pm', 'time', 'en-GB', '19:30'],
  ['19:30', 'time', 'en-US', '19:30'],
])('%s is read as a %s in %s', (text, kind, locale, value) => {
  expect(readMoment(text, kind, locale)).toBe(value)
})

test('a day alone takes the time that was there, or nine o’clock', () => {
  expect(readMoment('1 Dec 2026', 'dateTime', 'en-GB')).toBe('2026-12-01T09:00')
  expect(readMoment('1 Dec 2026', 'dateTime', 'en-GB', '17:45')).toBe('2026-12-01T17:45')
})

test.each<[string, MomentKind]>([
  ['', 'dateTime'],
  ['tomorrow', 'date'],
  ['1 Dec', 'date'],
  ['1 Dec 202', 'date'],
  ['29 Feb 2026', 'date'],
  ['31/4/2026', 'date'],
  ['1 Ju 2026', 'date'],
  ['1 Dec 2026 10:', 'dateTime'],
  ['1 Dec 2026 10:3', 'dateTime'],
  ['1 Dec 2026 24:00', 'dateTime'],
  ['1 Dec 2026 13:00 pm', 'dateTime'],
  ['1 Dec 2026 10:60', 'dateTime'],
  ['1 Dec 2026', 'time'],
  ['1 Dec 2026 10:00', 'date'],
])('%s is no whole %s', (text, kind) => {
  expect(readMoment(text, kind, 'en-GB')).toBeUndefined()
})

test('nothing that is typed makes it stumble', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom(...locales), (text, locale) => {
      const read = readMoment(text, 'dateTime', locale)
      if (read !== undefined) expect(read).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/)
    }),
  )
})

test('what is no moment is written as nothing', () => {
  expect(writeMoment('', 'dateTime', 'en-GB')).toBe('')
  expect(writeMoment('2026-12-01', 'dateTime', 'en-GB')).toBe('')
  expect(writeMoment('soon', 'date', 'en-GB')).toBe('')
})

test('halves of the day are those of the place', () => {
  expect(halvesOf('en-GB')).toBeUndefined()
  expect(halvesOf('en-US')).toEqual({ am: 'AM', pm: 'PM' })
  expect(halvesOf('ar-EG')).toEqual({ am: 'ص', pm: 'م' })
})
