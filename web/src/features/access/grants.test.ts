import { expect, test } from 'vitest'
import { grantOf, withGrant } from './grants'

test('a grant is of what its role is of', () => {
  expect(grantOf('OPERATOR', null)).toEqual({ role: 'OPERATOR' })
  expect(grantOf('DEVELOPER', 'a')).toEqual({ role: 'DEVELOPER', appId: 'a' })
  expect(grantOf('SITE', 's')).toEqual({ role: 'SITE', siteId: 's' })
  expect(grantOf('VIEWER', null)).toBeUndefined()
})

test('no grant is there twice', () => {
  const list = withGrant([], { role: 'SITE', siteId: 's' })
  expect(withGrant(list, { role: 'SITE', siteId: 's' })).toBe(list)
  expect(withGrant(list, { role: 'SITE', siteId: 't' })).toHaveLength(2)
})
