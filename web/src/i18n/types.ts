import 'i18next'
import type app from './en/app'
import type flow from './en/flow'
import type forms from './en/forms'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: {
      forms: typeof forms
      app: typeof app
      flow: typeof flow
    }
  }
}
