import type { TFunction } from 'i18next'

type T = TFunction<'forms'>

export type Help = {
  label?: string
  description?: string
  placeholder?: string
  /** It takes addresses of mails, with commas between them. */
  addresses?: true
}

/** Words for the fields of built-in actions, for whoever never read a schema. */
export function helpOf(actionKey: string, name: string, t: T): Help | undefined {
  switch (`${actionKey}.${name}`) {
    case 'send_email.to':
      return {
        label: t('email.to'),
        description: t('email.toHelp'),
        placeholder: t('email.toExample'),
        addresses: true,
      }
    case 'send_email.subject':
      return { label: t('email.subject'), placeholder: t('email.subjectExample') }
    case 'send_email.text':
      return { label: t('email.text'), description: t('email.textHelp'), placeholder: t('email.textExample') }
    case 'send_email.html':
      return { label: t('email.html'), description: t('email.htmlHelp') }
    case 'send_email.cc':
      return { label: t('email.cc'), description: t('email.ccHelp'), addresses: true }
    case 'send_email.replyTo':
      return { label: t('email.replyTo'), description: t('email.replyToHelp') }
    case 'notify.title':
      return { label: t('notify.title'), placeholder: t('notify.titleExample') }
    case 'notify.message':
      return {
        label: t('notify.message'),
        description: t('notify.messageHelp'),
        placeholder: t('notify.messageExample'),
      }
    case 'notify.chatUrl':
      return { label: t('notify.chat'), description: t('notify.chatHelp') }
    case 'send_http_request.method':
      return { label: t('http.method') }
    case 'send_http_request.url':
      return { label: t('http.url'), description: t('http.urlHelp'), placeholder: 'https://example.com/hook' }
    case 'send_http_request.headers':
      return { label: t('http.headers'), description: t('http.headersHelp') }
    case 'send_http_request.body':
      return { label: t('http.body'), description: t('http.bodyHelp') }
  }
  return undefined
}
