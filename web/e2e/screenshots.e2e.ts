import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { narrow, Visitor, wide } from './browser'
import { Opening } from './opening'
import { pages } from './pages'
import { browser, server } from './stage'

// Each page, wide and light, narrow and dark: nothing that axe holds for serious, no
// error, no breach of the policy, nothing wider than the screen, nothing that moves as
// it comes up, nothing asked for in a second round trip. With
// BELAY_SCREENSHOTS set, as `make screenshots` does, pictures are left in web/screenshots.

const folder = process.env.BELAY_SCREENSHOTS
  ? fileURLToPath(new URL('../screenshots', import.meta.url))
  : undefined

beforeAll(async () => {
  if (folder) await mkdir(folder, { recursive: true })
})

// Longer than it takes to load whatever part of the console asks; milliseconds.
const roundTrip = 1000

// Each width and each scheme is looked at once; pictures are taken of all four pairs.
const looks = [
  ['wide', 'light'],
  ['narrow', 'dark'],
  ['narrow', 'light'],
  ['wide', 'dark'],
] as const

describe.each(folder ? looks : looks.slice(0, 2))('%s and %s', (size, colorScheme) => {
  test.each(pages.map((page) => [page.name, page] as const))('%s', async (name, target) => {
    const visitor = await Visitor.open(browser, { viewport: size === 'wide' ? wide : narrow, colorScheme })
    await visitor.signedInByKey(server)
    const path = await target.path(server)
    const opening = await Opening.of(visitor.page, size === 'wide' ? roundTrip : 0)
    await visitor.page.goto(server.url + path)
    await visitor.page.getByText(target.ready).first().waitFor()
    const late = opening.second().filter((call) => !target.follows?.test(call))
    if (size === 'wide') expect(late, 'asked for in a second round trip').toEqual([])
    await target.before?.(visitor.page)
    await visitor.page.evaluate(() => document.fonts.ready)
    if (folder) await visitor.page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png` })
    const overflow = await visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow, 'pixels beyond the screen').toBeLessThanOrEqual(0)
    await visitor.accessible()
    const shifts = await opening.shifts()
    expect(shifts.sum, `moved: ${shifts.moved.join(', ')}`).toBeLessThan(0.1)
    visitor.clean()
    await visitor.close()
  })
})

// What is read from right to left is laid out so: the pages that people meet first, in Arabic.
const inArabic = ['automations', 'upcoming', 'preview', 'runs', 'run', 'events', 'builder']

describe.each(folder ? (['wide', 'narrow'] as const) : (['narrow'] as const))(
  '%s, from right to left',
  (size) => {
    test.each(pages.filter((page) => inArabic.includes(page.name)).map((page) => [page.name, page] as const))(
      '%s',
      async (name, target) => {
        const visitor = await Visitor.open(browser, {
          viewport: size === 'wide' ? wide : narrow,
          locale: 'ar',
        })
        await visitor.signedInByKey(server)
        const { page } = visitor
        await page.goto(server.url + (await target.path(server)))
        await page.locator('main h1, main header').first().waitFor()
        await expect
          .poll(() => page.locator('main .mantine-Skeleton-root, main [aria-busy=true]').count())
          .toBe(0)
        expect(await page.locator('html').getAttribute('dir')).toBe('rtl')
        await page.evaluate(() => document.fonts.ready)
        if (folder) await page.screenshot({ path: `${folder}/${name}-arabic-${size}.png` })
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(overflow, 'pixels beyond the screen').toBeLessThanOrEqual(0)
        await visitor.accessible()
        visitor.clean()
        await visitor.close()
      },
    )
  },
)
