import 'i18next'
import type app from './en/app'
import type flow from './en/flow'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: {
      app: typeof app
      flow: typeof flow
    }
  }
}
