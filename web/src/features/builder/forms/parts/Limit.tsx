import { Radio, Select, Stack, Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { TimeUnit } from '@/features/flow/document'
import { readFormula, writeFormula } from '@/lib/formula/expression'
import { fieldAt } from '@/lib/schema/fields'
import type { Problem } from '../../model/problems'
import { useForms } from '../formula/FormsContext'
import { FormulaField } from '../formula/FormulaField'
import { AmountField } from './AmountField'
import { Problems } from './Problems'

/** At most so many, within a window of time or for ever, for each value of something. */
export type Limits = { max: string; duration?: string; unit?: TimeUnit; identifier?: string }

export function Limit({
  value,
  onChange,
  problems,
  optional,
}: {
  value: Limits | undefined
  onChange: (limit: Limits | undefined, key?: string) => void
  problems: Problem[]
  optional?: boolean
}) {
  const { t } = useTranslation('forms')
  const { fields, context } = useForms()
  const { readOnly } = context
  if (!value) {
    return (
      <Switch
        label={t('limit.use')}
        checked={false}
        disabled={readOnly}
        onChange={() => onChange({ max: '{{1}}', duration: '{{1}}', unit: 'DAYS' })}
      />
    )
  }
  const e = value.identifier === undefined ? undefined : readFormula(value.identifier)
  const each = e?.kind === 'field' ? e.path : undefined
  const offered = fields.filter((f) => f.kind !== 'object' && f.kind !== 'array' && !f.many)
  const known = each === undefined ? undefined : fieldAt(offered, each)
  const choices = [
    { value: '', label: t('limit.together') },
    ...(each !== undefined && !known ? [{ value: each, label: each }] : []),
    ...offered.map((f) => ({
      value: f.path,
      label: t('limit.each', { field: [...f.within, f.title].join(' › ') }),
    })),
  ]
  return (
    <Stack gap="sm">
      {optional && (
        <Switch label={t('limit.use')} checked disabled={readOnly} onChange={() => onChange(undefined)} />
      )}
      <AmountField
        label={t('limit.most')}
        value={value.max}
        onChange={(max) => onChange({ ...value, max: max ?? '{{1}}' }, 'limit.max')}
      />
      <Radio.Group
        label={t('limit.within')}
        value={value.duration === undefined ? 'ever' : 'window'}
        readOnly={readOnly}
        onChange={(v) => {
          const { duration: _, unit: __, ...rest } = value
          onChange(v === 'ever' ? rest : { ...rest, duration: '{{1}}', unit: 'DAYS' })
        }}
      >
        <Stack gap={8} mt={6}>
          <Radio value="window" label={t('limit.window')} />
          <Radio value="ever" label={t('limit.ever')} />
        </Stack>
      </Radio.Group>
      {value.duration !== undefined && (
        <AmountField
          label={t('limit.duration')}
          value={value.duration}
          unit={value.unit ?? 'DAYS'}
          onChange={(duration) => onChange({ ...value, duration: duration ?? '{{1}}' }, 'limit.duration')}
          onUnit={(unit) => onChange({ ...value, unit })}
        />
      )}
      {value.identifier !== undefined && each === undefined ? (
        <FormulaField
          label={t('limit.for')}
          value={value.identifier}
          onChange={(identifier) => onChange({ ...value, identifier: identifier || undefined }, 'limit.for')}
        />
      ) : (
        <Select
          label={t('limit.for')}
          data={choices}
          searchable
          allowDeselect={false}
          readOnly={readOnly}
          value={known?.path ?? each ?? ''}
          onChange={(path) => {
            const { identifier: _, ...rest } = value
            onChange(path ? { ...rest, identifier: writeFormula({ kind: 'field', path }) } : rest)
          }}
        />
      )}
      <Problems list={problems} />
    </Stack>
  )
}
