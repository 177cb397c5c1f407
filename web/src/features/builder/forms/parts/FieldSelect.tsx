import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type Field, fieldAt } from '@/lib/schema/fields'
import { useForms } from '../formula/FormsContext'
import classes from '../formula/formula.module.css'
import { exampleText, groupsOf } from '../formula/VariablePicker'

/** One of the fields that can be read here. One that is not in the schema stays as it is written. */
export function FieldSelect(props: {
  label: string
  value: string
  onChange: (path: string) => void
  only?: (f: Field) => boolean
  flex?: string
}) {
  const { t } = useTranslation('forms')
  const { fields, context } = useForms()
  const offered = fields.filter((f) => f.kind !== 'object' && (props.only?.(f) ?? true))
  const known = fieldAt(offered, props.value)
  const groups = groupsOf(offered, t('picker.top')).map(([group, list]) => ({
    group,
    items: list.map((f) => ({ value: f.path, label: [...f.within.slice(1), f.title].join(' › ') })),
  }))
  const unknown = props.value !== '' && !known ? [{ value: props.value, label: props.value }] : []
  return (
    <Select
      aria-label={props.label}
      placeholder={t('compare.field')}
      flex={props.flex}
      searchable
      allowDeselect={false}
      readOnly={context.readOnly}
      data={[...unknown, ...groups]}
      value={known?.path ?? (props.value || null)}
      onChange={(path) => path && props.onChange(path)}
      nothingFoundMessage={t('picker.nothing')}
      renderOption={({ option }) => {
        const example = exampleText(offered.find((f) => f.path === option.value)?.example)
        return (
          <div style={{ minWidth: 0 }}>
            <div>{option.label}</div>
            {example && <div className={classes.optionHint}>{example}</div>}
          </div>
        )
      }}
      comboboxProps={{ width: 280, position: 'bottom-start' }}
    />
  )
}
