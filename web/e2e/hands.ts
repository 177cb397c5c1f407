import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { narrow, wide } from './browser'

/** How a person works a page: with a mouse, with fingers, or by the keys alone. */
export type Hand = {
  page: Page
  /** Presses a button, a link, or an option. */
  press: (what: Locator) => Promise<void>
  /** Writes a text in place of what a field holds. */
  write: (field: Locator, text: string) => Promise<void>
  /** Puts the cursor where the text of a field ends. */
  end: (field: Locator) => Promise<void>
  /** Chooses a radio button. */
  choose: (radio: Locator) => Promise<void>
  /** Chooses an option of what a button or a field opens, by a word of its name. */
  pick: (from: Locator, word: string) => Promise<void>
  /** Goes to a page by the navigation. */
  visit: (name: string) => Promise<void>
}

type Kind = { options: BrowserContextOptions; hand: (page: Page) => Hand }

const select = 'ControlOrMeta+a'

function option(page: Page, word: string): Locator {
  return page.getByRole('option', { name: word }).filter({ visible: true }).first()
}

function pointing(page: Page, press: (what: Locator) => Promise<void>, menu: boolean): Hand {
  return {
    page,
    press,
    write: async (field, text) => {
      await press(field)
      await page.keyboard.press(select)
      await page.keyboard.type(text)
    },
    end: async (field) => {
      await press(field)
      await page.keyboard.press('ControlOrMeta+End')
    },
    choose: press,
    pick: async (from, word) => {
      await press(from)
      await press(option(page, word))
    },
    visit: async (name) => {
      if (menu) await press(page.getByRole('button', { name: 'Open the menu' }))
      await press(page.getByRole('link', { name, exact: true }))
    },
  }
}

/** How often Tab is pressed at most on the way to something. */
const farthest = 90

function keys(page: Page): Hand {
  const { keyboard } = page
  const reach = async (what: Locator) => {
    await what.waitFor()
    for (let n = 0; n < farthest; n++) {
      if (await what.evaluate((e) => e === document.activeElement)) return
      await keyboard.press('Tab')
    }
    throw new Error(`Tab does not lead to ${what}`)
  }
  const press = async (what: Locator) => {
    await reach(what)
    await keyboard.press('Enter')
  }
  return {
    page,
    press,
    write: async (field, text) => {
      await reach(field)
      await keyboard.press(select)
      await keyboard.type(text)
    },
    end: async (field) => {
      await reach(field)
      await keyboard.press('ControlOrMeta+End')
    },
    choose: async (radio) => {
      // Tab leads to the one that is chosen, arrows from there to the others.
      await radio.waitFor()
      const name = await radio.getAttribute('name')
      await reach(page.locator(`input[name="${name}"]:checked`))
      for (let n = 0; n < 5 && !(await radio.isChecked()); n++) await keyboard.press('ArrowDown')
    },
    pick: async (from, word) => {
      const listed = option(page, '')
      await reach(from)
      if (!(await listed.isVisible())) await keyboard.press('Enter')
      await listed.waitFor()
      await page.locator('input:focus').waitFor() // what is typed before goes elsewhere
      await keyboard.type(word)
      await option(page, word).waitFor()
      const chosen = page.locator('[role=option]:is([aria-selected=true], [data-combobox-selected])')
      for (let n = 0; n < 9 && !(await chosen.filter({ hasText: word }).count()); n++)
        await keyboard.press('ArrowDown')
      await keyboard.press('Enter')
    },
    visit: (name) => press(page.getByRole('link', { name, exact: true })),
  }
}

export const kinds: Record<string, Kind> = {
  'with a mouse': {
    options: { viewport: wide },
    hand: (page) => pointing(page, (what) => what.click(), false),
  },
  'on a phone': {
    options: { viewport: narrow, hasTouch: true, isMobile: true },
    hand: (page) => pointing(page, (what) => what.tap(), true),
  },
  'by keyboard alone': { options: { viewport: wide }, hand: keys },
}
