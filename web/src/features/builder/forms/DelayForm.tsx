import { Select, Stack } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DelayInfo } from '@/features/flow/document'
import { amountOf } from '@/lib/formula/amount'
import { readFormula, writeFormula } from '@/lib/formula/expression'
import { hasFormula } from '@/lib/formula/segments'
import { formatDateTime } from '@/lib/time'
import { fromLocalInput, shifted, toLocalInput } from '@/lib/timing'
import { MomentInput } from '@/ui/moment/MomentInput'
import { useNow } from '@/ui/When'
import classes from './forms.module.css'
import { useForms } from './formula/FormsContext'
import { FormulaField } from './formula/FormulaField'
import { problemsIn } from './model/found'
import { AmountField } from './parts/AmountField'
import { FieldSelect } from './parts/FieldSelect'
import { saidOf } from './parts/Problems'

type Mode = 'length' | 'date' | 'field' | 'formula'

/** How long a step waits: for a length of time, until a date, or until some time from a date that comes with the data. */
export function DelayForm({
  value,
  onChange,
}: {
  value: DelayInfo
  onChange: (next: DelayInfo, key?: string) => void
}) {
  const { t } = useTranslation('forms')
  const { context, fields } = useForms()
  const { readOnly, site, problems } = context
  const now = useNow()
  const until = value.dueDateExpression ?? value.dueDateEpochExpression
  const [formula, setFormula] = useState(false)
  const mode = modeOf(until, formula)
  const { postActionIds } = value
  const links = postActionIds ? { postActionIds } : {}
  const dates = fields.filter((f) => f.format === 'date-time' || f.format === 'date')
  const choose = (next: Mode) => {
    setFormula(next === 'formula')
    if (next === 'length')
      onChange({
        ...links,
        offsetExpression: value.offsetExpression ?? '{{1}}',
        offsetTimeUnit: value.offsetTimeUnit ?? 'DAYS',
      })
    else if (next === 'date')
      onChange({
        ...links,
        dueDateExpression: new Date(
          Math.ceil(now.getTime() / 3_600_000) * 3_600_000 + 86_400_000,
        ).toISOString(),
      })
    else if (next === 'field')
      onChange({ ...links, dueDateExpression: writeFormula({ kind: 'field', path: dates[0]?.path ?? '' }) })
    else onChange({ ...links, dueDateExpression: until ?? '' })
  }
  const modes: Mode[] = [
    'length',
    'date',
    ...(dates.length > 0 || mode === 'field' ? (['field'] as const) : []),
    'formula',
  ]
  const e = until === undefined ? undefined : readFormula(until)
  const amount = amountOf(value.offsetExpression)
  const ends =
    mode === 'length' && amount !== undefined
      ? shifted(now, amount, value.offsetTimeUnit ?? 'DAYS', site.timeZone)
      : undefined
  return (
    <Stack gap="md">
      <Select
        label={t('delay.how')}
        allowDeselect={false}
        readOnly={readOnly}
        data={modes.map((m) => ({ value: m, label: t(`delay.${m}`) }))}
        value={mode}
        onChange={(m) => m && choose(m as Mode)}
      />
      {mode === 'date' && (
        <MomentInput
          kind="dateTime"
          locale={site.locale}
          label={t('delay.at')}
          description={t('timing.zone', { zone: site.timeZone })}
          readOnly={readOnly}
          error={saidOf(problemsIn(problems, 'delayInfo'))}
          value={localOf(until ?? '', site.timeZone)}
          onChange={(local) => {
            const at = fromLocalInput(local, site.timeZone)
            if (at) onChange({ ...links, dueDateExpression: at.toISOString() }, 'delay.date')
          }}
        />
      )}
      {mode === 'field' && (
        <div>
          <FieldSelect
            label={t('delay.whichDate')}
            value={e?.kind === 'field' ? e.path : ''}
            only={(f) => f.format === 'date-time' || f.format === 'date'}
            onChange={(path) =>
              onChange({ ...value, dueDateExpression: writeFormula({ kind: 'field', path }) })
            }
          />
        </div>
      )}
      {mode === 'formula' && (
        <FormulaField
          label={t('delay.formulaLabel')}
          description={t('delay.formulaHelp')}
          value={until ?? ''}
          use="DATE"
          problems={problemsIn(problems, 'delayInfo.dueDateExpression')}
          onChange={(text) => {
            setFormula(true)
            onChange({ ...value, dueDateExpression: text }, 'delay.formula')
          }}
        />
      )}
      {mode !== 'date' && (
        <AmountField
          label={mode === 'length' ? t('delay.for') : t('delay.after')}
          description={mode === 'length' ? undefined : t('delay.afterHelp')}
          value={value.offsetExpression}
          optional={mode !== 'length'}
          unit={value.offsetTimeUnit ?? 'DAYS'}
          onChange={(offset) => {
            const { offsetExpression: _, offsetTimeUnit: unit, ...rest } = value
            onChange(
              offset === undefined
                ? rest
                : { ...rest, offsetExpression: offset, offsetTimeUnit: unit ?? 'DAYS' },
              'delay.offset',
            )
          }}
          onUnit={(unit) =>
            onChange({ ...value, offsetExpression: value.offsetExpression ?? '{{1}}', offsetTimeUnit: unit })
          }
          error={saidOf(problemsIn(problems, 'delayInfo.offsetExpression'))}
        />
      )}
      {ends && (
        <div className={classes.sentence} role="status">
          {t('delay.sentence', { end: formatDateTime(ends, site) })}
        </div>
      )}
    </Stack>
  )
}

function modeOf(until: string | undefined, formula: boolean): Mode {
  if (until === undefined) return formula ? 'formula' : 'length'
  if (formula) return 'formula'
  if (readFormula(until)?.kind === 'field') return 'field'
  return until !== '' && !hasFormula(until) && !Number.isNaN(Date.parse(until)) ? 'date' : 'formula'
}

function localOf(text: string, zone: string): string {
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? '' : toLocalInput(at, zone)
}
