import { Textarea, TextInput } from '@mantine/core'
import { MomentInput } from '@/ui/moment/MomentInput'
import { useForms } from '../formula/FormsContext'
import type { FormulaFieldProps } from '../formula/FormulaField'
import { saidOf } from './Problems'

/** A text that is what it says: for values that are known before anything takes place. */
export function PlainField({
  label,
  description,
  placeholder,
  required,
  lines,
  value,
  expects,
  problems,
  onChange,
}: FormulaFieldProps) {
  const { readOnly, site } = useForms().context
  const common = {
    label,
    description,
    required,
    readOnly,
    value,
    error: saidOf(problems),
  }
  if (expects?.format === 'date')
    return <MomentInput {...common} kind="date" locale={site.locale} onChange={onChange} />
  const onText = (e: { currentTarget: { value: string } }) => onChange(e.currentTarget.value)
  if (lines)
    return <Textarea rows={4} resize="vertical" placeholder={placeholder} {...common} onChange={onText} />
  return <TextInput placeholder={placeholder} {...common} onChange={onText} />
}
