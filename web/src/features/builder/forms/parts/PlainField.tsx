import { Textarea, TextInput } from '@mantine/core'
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
  const { readOnly } = useForms().context
  const common = {
    label,
    description,
    placeholder,
    required,
    readOnly,
    value,
    error: saidOf(problems),
    onChange: (e: { currentTarget: { value: string } }) => onChange(e.currentTarget.value),
  }
  if (lines) return <Textarea rows={4} resize="vertical" {...common} />
  return <TextInput type={expects?.format === 'date' ? 'date' : 'text'} {...common} />
}
