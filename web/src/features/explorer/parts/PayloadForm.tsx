import Form from '@rjsf/mantine'
import type { RegistryWidgetsType, RJSFSchema, UiSchema } from '@rjsf/utils'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { validatorOf } from '@/lib/schema/validator'
import type { Place } from '@/lib/time'
import { DateField, MomentField, TimeField } from './MomentField'

type Props = {
  schema: RJSFSchema
  value: Record<string, unknown>
  /** How dates are written, and on which clock. */
  place: Place
  onChange: (value: Record<string, unknown>) => void
}

const looks: UiSchema = {
  'ui:submitButtonOptions': { norender: true },
  'ui:options': { label: false },
}

const widgets: RegistryWidgetsType = {
  DateTimeWidget: MomentField,
  DateWidget: DateField,
  TimeWidget: TimeField,
}

/** A form made of a payload schema. It is loaded on demand. */
export default function PayloadForm({ schema, value, place, onChange }: Props) {
  const { t } = useTranslation('explorer')
  // Payloads may hold further keys; the form offers those that are declared.
  const declared = useMemo(() => ({ ...schema, additionalProperties: undefined }), [schema])
  const validator = useMemo(
    () =>
      validatorOf<Record<string, unknown>>(({ rule }) => {
        if (rule === 'required' || rule === 'type' || rule === 'format') return t(`form.breach.${rule}`)
        return t('form.breach.other', { rule })
      }),
    [t],
  )
  return (
    <Form
      tagName="div"
      schema={declared}
      uiSchema={looks}
      widgets={widgets}
      formContext={place}
      validator={validator}
      formData={value}
      onChange={(e) => onChange(e.formData ?? {})}
      liveValidate="onBlur"
      showErrorList={false}
      noHtml5Validate
      translateString={(text) => words(t, text)}
    />
  )
}

/** The few words of the form library's own that are seen, in the person's language. */
function words(t: ReturnType<typeof useTranslation<'explorer'>>['t'], text: string): string {
  const known: Record<string, string> = {
    Add: t('form.add'),
    'Add Item': t('form.add'),
    Remove: t('form.remove'),
    'Move up': t('form.up'),
    'Move down': t('form.down'),
  }
  return known[text] ?? text
}
