import { useTranslation } from 'react-i18next'
import type { JsonSchema, Trigger } from '@/features/flow/document'
import type { OnChange } from '../model/context'
import { InputForm } from './InputForm'
import { withField } from './model/inputs'
import { Section } from './parts/Section'

/** What the trigger's app lets an automation set for itself, by its schema. */
export function TriggerSettings({
  schema,
  value,
  onChange,
}: {
  schema: JsonSchema
  value: Trigger
  onChange: OnChange<Trigger>
}) {
  const { t } = useTranslation('forms')
  return (
    <Section title={schema.title ?? t('settings.title')} text={schema.description}>
      <InputForm
        schema={schema}
        value={value.automationConfigMapping ?? {}}
        builtIn={false}
        literal
        actionKey=""
        place="automationConfigMapping"
        onField={(name, next, key) =>
          onChange((now) => {
            const mapping = withField(now.automationConfigMapping ?? {}, name, next)
            return { ...now, automationConfigMapping: mapping }
          }, key)
        }
      />
    </Section>
  )
}
