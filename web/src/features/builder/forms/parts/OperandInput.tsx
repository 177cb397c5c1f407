import { NumberInput, TagsInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Comparison, Operand, Takes } from '@/lib/formula/condition'
import type { Field } from '@/lib/schema/fields'
import { fromLocalInput, toLocalInput } from '@/lib/timing'
import { MomentInput } from '@/ui/moment/MomentInput'
import { useForms } from '../formula/FormsContext'
import { FieldSelect } from './FieldSelect'

/** What a field is compared with: values of the kind that the operator takes, or another field. */
export function OperandInput(props: {
  takes: Takes
  comparison: Comparison
  field: Field | undefined
  onChange: (values: Operand[]) => void
}) {
  const { t } = useTranslation('forms')
  const { readOnly, site } = useForms().context
  const [first] = props.comparison.values
  const one = (v: Operand) => props.onChange([v])
  const label = t('compare.value')
  if (props.takes === 'nothing') return null
  if (typeof first === 'object')
    return (
      <FieldSelect label={label} value={first.path} onChange={(path) => one({ path })} flex="1 1 160px" />
    )
  switch (props.takes) {
    case 'texts':
      return (
        <TagsInput
          aria-label={t('compare.values')}
          flex="1 1 160px"
          readOnly={readOnly}
          placeholder={t('compare.addValue')}
          value={props.comparison.values.flatMap((v) => (typeof v === 'object' ? [] : [String(v)]))}
          onChange={(list) => props.onChange(list)}
          data={choices(props.field)}
        />
      )
    case 'number':
      return (
        <NumberInput
          aria-label={label}
          flex="1 1 100px"
          readOnly={readOnly}
          value={typeof first === 'number' ? first : ''}
          onChange={(n) => typeof n === 'number' && one(n)}
        />
      )
    case 'date':
      return (
        <MomentInput
          kind="date"
          locale={site.locale}
          aria-label={label}
          flex="1 1 150px"
          readOnly={readOnly}
          value={String(first ?? '').slice(0, 10)}
          onChange={one}
        />
      )
    case 'dateTime': {
      const at = new Date(String(first ?? ''))
      return (
        <MomentInput
          kind="dateTime"
          locale={site.locale}
          aria-label={label}
          flex="1 1 220px"
          readOnly={readOnly}
          value={Number.isNaN(at.getTime()) ? '' : toLocalInput(at, site.timeZone)}
          onChange={(local) => {
            const chosen = fromLocalInput(local, site.timeZone)
            if (chosen) one(chosen.toISOString())
          }}
        />
      )
    }
    default:
      return (
        <TextInput
          aria-label={label}
          flex="1 1 140px"
          readOnly={readOnly}
          placeholder={
            typeof props.field?.example === 'string'
              ? t('compare.such', { example: props.field.example })
              : undefined
          }
          value={String(first ?? '')}
          onChange={(e) => one(e.currentTarget.value)}
        />
      )
  }
}

function choices(field: Field | undefined): string[] {
  return typeof field?.example === 'string' ? [field.example] : []
}
