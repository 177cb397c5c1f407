import i18next, { type BackendModule } from 'i18next'
import { initReactI18next } from 'react-i18next'
import './types'

// Texts stand in one file for each feature and language. A feature's file is loaded with
// its page: app/feature.ts asks for both at once.

/** The languages that there are, in their own words. */
export const languages = { en: 'English', ar: 'العربية' } as const
export type Language = keyof typeof languages

const rightToLeft: readonly string[] = ['ar']
const languageKey = 'belay.language'

const files = import.meta.glob<{ default: Record<string, unknown> }>(['./en/*.ts', './ar/*.ts'])

const backend: BackendModule = {
  type: 'backend',
  init() {},
  read(language, namespace, callback) {
    const load = files[`./${language}/${namespace}.ts`]
    if (!load) return callback(new Error(`no texts for ${namespace} in ${language}`), null)
    load().then(
      (module) => callback(null, module.default),
      (error: Error) => callback(error, null),
    )
  },
}

/** Begins in the language that was chosen before, or else the browser's. */
export async function startLanguage(): Promise<void> {
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: preferred(),
      supportedLngs: Object.keys(languages),
      fallbackLng: 'en',
      ns: ['app'],
      defaultNS: 'app',
      interpolation: { escapeValue: false }, // React escapes
    })
  applyDirection()
  i18next.on('languageChanged', applyDirection)
}

export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(languageKey, language)
  await i18next.changeLanguage(language)
}

export function direction(language: string): 'rtl' | 'ltr' {
  return rightToLeft.includes(language) ? 'rtl' : 'ltr'
}

function preferred(): Language {
  const chosen = localStorage.getItem(languageKey)
  const list = [chosen, ...navigator.languages].map((l) => l?.split('-')[0])
  return (list.find((l) => l && l in languages) as Language | undefined) ?? 'en'
}

function applyDirection(): void {
  document.documentElement.lang = i18next.language
  document.documentElement.dir = direction(i18next.language)
}
