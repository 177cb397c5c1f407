import { Switch } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask } from '@/lib/api/client'
import type { JsonSchema } from '@/lib/schema/schema'
import { parseOffers } from './model/offers'
import { parseSchema } from './model/properties'
import { DeclarationForm } from './parts/DeclarationForm'
import { FiltersEditor } from './parts/FiltersEditor'
import { SchemaEditor } from './parts/SchemaEditor'
import type { Trigger } from './queries'

type Props = { app: string; trigger: Trigger | undefined; onClose: () => void }

const blank = {
  type: 'object',
  properties: { name: { type: 'string', title: 'Name', examples: ['Ada'] } },
}

/** A trigger to declare anew or to change. */
export function TriggerEditor({ app, trigger, onClose }: Props) {
  const { t } = useTranslation('developer')
  const [schema, setSchema] = useState(() => JSON.stringify(trigger?.payloadSchema ?? blank, null, 2))
  const [filters, setFilters] = useState(() =>
    trigger?.filters === undefined ? '' : JSON.stringify(trigger.filters, null, 2),
  )
  const [settings, setSettings] = useState(() =>
    trigger?.automationConfigSchema === undefined
      ? ''
      : JSON.stringify(trigger.automationConfigSchema, null, 2),
  )
  const none = settings.trim() === ''
  const [hidden, setHidden] = useState(trigger?.hidden ?? false)
  const path = (triggerKey: string) => ({ params: { path: { appId: app, triggerKey } } })
  return (
    <DeclarationForm
      app={app}
      of="trigger"
      declared={
        trigger && {
          ...trigger,
          key: trigger.triggerKey,
          implementedMethods: trigger.implementedMethods ?? {},
        }
      }
      methods={{
        refreshPayload: t('trigger.refreshPayload'),
        getDynamicSchema: t('trigger.getDynamicSchema'),
        validateConfiguration: t('validateConfiguration'),
      }}
      readable={
        parseSchema(schema) !== undefined &&
        parseOffers(filters) !== undefined &&
        (none || parseSchema(settings) !== undefined)
      }
      onSave={({ key, ...declaration }) =>
        ask(
          api.PUT('/belay/v1/apps/{appId}/triggers/{triggerKey}', {
            ...path(key),
            body: {
              ...declaration,
              payloadSchema: JSON.parse(schema),
              automationConfigSchema: none ? undefined : JSON.parse(settings),
              filters: filters.trim() === '' ? undefined : JSON.parse(filters),
              hidden,
            },
          }),
        )
      }
      onRemove={(key) => ask(api.DELETE('/belay/v1/apps/{appId}/triggers/{triggerKey}', path(key)))}
      onClose={onClose}
      last={
        <Switch
          label={t('trigger.hide')}
          checked={hidden}
          onChange={(e) => setHidden(e.currentTarget.checked)}
        />
      }
    >
      <SchemaEditor legend={t('trigger.payload')} value={schema} onChange={setSchema} of="TRIGGER" />
      <FiltersEditor
        value={filters}
        onChange={setFilters}
        schema={parseSchema(schema) as JsonSchema | undefined}
      />
      <SchemaEditor
        legend={t('trigger.settings')}
        help={t('trigger.settingsHelp')}
        value={settings}
        onChange={setSettings}
        of="ACTION"
        optional
      />
    </DeclarationForm>
  )
}
