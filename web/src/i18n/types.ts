import 'i18next'
import type app from './en/app'
import type automations from './en/automations'
import type flow from './en/flow'
import type forms from './en/forms'
import type sentence from './en/sentence'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: {
      forms: typeof forms
      app: typeof app
      flow: typeof flow
      automations: typeof automations
      sentence: typeof sentence
    }
  }
}
