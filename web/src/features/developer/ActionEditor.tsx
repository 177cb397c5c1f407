import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask } from '@/lib/api/client'
import { parseSchema } from './model/properties'
import { DeclarationForm } from './parts/DeclarationForm'
import { SchemaEditor } from './parts/SchemaEditor'
import type { Action } from './queries'

type Props = { app: string; action: Action | undefined; onClose: () => void }

const blank = { type: 'object', properties: { text: { type: 'string', title: 'Text' } } }

/** An action to declare anew or to change. */
export function ActionEditor({ app, action, onClose }: Props) {
  const { t } = useTranslation('developer')
  const [input, setInput] = useState(() => JSON.stringify(action?.inputSchema ?? blank, null, 2))
  const [output, setOutput] = useState(() =>
    action?.outputSchema === undefined ? '' : JSON.stringify(action.outputSchema, null, 2),
  )
  const silent = output.trim() === ''
  const path = (actionKey: string) => ({ params: { path: { appId: app, actionKey } } })
  return (
    <DeclarationForm
      app={app}
      of="action"
      declared={
        action && { ...action, key: action.actionKey, implementedMethods: action.implementedMethods ?? {} }
      }
      methods={{ validateConfiguration: t('validateConfiguration'), quotaInfo: t('action.quotaInfo') }}
      readable={parseSchema(input) !== undefined && (silent || parseSchema(output) !== undefined)}
      onSave={({ key, ...declaration }) =>
        ask(
          api.PUT('/belay/v1/apps/{appId}/actions/{actionKey}', {
            ...path(key),
            body: {
              ...declaration,
              inputSchema: JSON.parse(input),
              outputSchema: silent ? undefined : JSON.parse(output),
            },
          }),
        )
      }
      onRemove={(key) => ask(api.DELETE('/belay/v1/apps/{appId}/actions/{actionKey}', path(key)))}
      onClose={onClose}
    >
      <SchemaEditor legend={t('action.input')} value={input} onChange={setInput} of="ACTION" />
      <SchemaEditor
        legend={t('action.output')}
        help={t('action.outputHelp')}
        value={output}
        onChange={setOutput}
        of="ACTION"
        optional
      />
    </DeclarationForm>
  )
}
