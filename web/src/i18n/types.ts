import 'i18next'
import type access from './en/access'
import type app from './en/app'
import type automations from './en/automations'
import type builder from './en/builder'
import type developer from './en/developer'
import type explorer from './en/explorer'
import type flow from './en/flow'
import type forms from './en/forms'
import type inbox from './en/inbox'
import type operator from './en/operator'
import type preview from './en/preview'
import type runs from './en/runs'
import type sentence from './en/sentence'
import type upcoming from './en/upcoming'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: {
      access: typeof access
      app: typeof app
      builder: typeof builder
      automations: typeof automations
      developer: typeof developer
      explorer: typeof explorer
      flow: typeof flow
      forms: typeof forms
      inbox: typeof inbox
      runs: typeof runs
      operator: typeof operator
      preview: typeof preview
      sentence: typeof sentence
      upcoming: typeof upcoming
    }
  }
}
