import { Group, NumberInput, Radio, Select, Stack, Text } from '@mantine/core'
import { Trans, useTranslation } from 'react-i18next'
import { type TimeUnit, timeUnits } from '@/features/flow/document'
import { titleOf } from '@/lib/schema/title'
import { formatDateTime } from '@/lib/time'
import { sampleDate, shifted } from '@/lib/timing'
import { useNow } from '@/ui/When'
import { timeField, triggerOf } from '../model/catalog'
import classes from './forms.module.css'
import { useForms } from './formula/FormsContext'
import { FormulaField } from './formula/FormulaField'
import { problemsIn } from './model/found'
import { type Start, startOf } from './model/start'
import { Problems } from './parts/Problems'
import { Section } from './parts/Section'

const mostOf: Record<TimeUnit, number> = {
  MINUTES: 99_999,
  HOURS: 9_999,
  DAYS: 3_650,
  WEEKS: 520,
  MONTHS: 120,
}

/** When an automation of a scheduled trigger runs: at the trigger's date, some time before, or after. */
export function TimingEditor({ onStart }: { onStart: (start: Start, key?: string) => void }) {
  const { t } = useTranslation('forms')
  const { context } = useForms()
  const { automation, catalog, site, readOnly, problems } = context
  const declared = triggerOf(catalog, automation.configuration.trigger)
  const key = timeField(declared)
  const now = useNow()
  if (key === undefined) return null
  const start = startOf(automation)
  const name = declared?.payloadDataSchema?.properties?.[key]?.title ?? titleOf(key)
  const date = sampleDate(undefined, now, site.timeZone)
  const amount = start.mode === 'before' || start.mode === 'after' ? start.amount : 1
  const unit = start.mode === 'at' ? 'DAYS' : start.unit
  const choose = (mode: Start['mode']) => {
    if (mode === 'at') onStart({ mode })
    else if (mode === 'formula') onStart({ mode, expression: '', unit })
    else onStart({ mode, amount, unit })
  }
  const begins =
    start.mode === 'at'
      ? date
      : start.mode === 'formula'
        ? undefined
        : shifted(date, start.mode === 'before' ? -start.amount : start.amount, start.unit, site.timeZone)
  const modes: Start['mode'][] = [
    'before',
    'at',
    'after',
    ...(start.mode === 'formula' ? (['formula'] as const) : []),
  ]
  return (
    <Section title={t('timing.title')} text={t('timing.text', { date: name })}>
      <Radio.Group
        value={start.mode}
        onChange={(m) => choose(m as Start['mode'])}
        aria-label={t('timing.title')}
        readOnly={readOnly}
      >
        <Stack gap={10}>
          {modes.map((mode) => (
            <div key={mode}>
              <Radio
                value={mode}
                label={t(`timing.${mode}`, { date: name })}
                disabled={readOnly && mode !== start.mode}
              />
              {mode === start.mode && (mode === 'before' || mode === 'after') && (
                <Group gap="xs" mt={8} ms={30} wrap="nowrap">
                  <NumberInput
                    aria-label={t('timing.amount')}
                    w={96}
                    min={1}
                    max={mostOf[unit]}
                    allowDecimal={false}
                    readOnly={readOnly}
                    value={amount}
                    onChange={(n) =>
                      typeof n === 'number' && n > 0 && onStart({ mode, amount: n, unit }, 'timing')
                    }
                  />
                  <Select
                    aria-label={t('timing.unit')}
                    w={140}
                    allowDeselect={false}
                    readOnly={readOnly}
                    data={timeUnits.map((u) => ({ value: u, label: t(`unit.${u}`, { count: amount }) }))}
                    value={unit}
                    onChange={(u) => u && onStart({ mode, amount, unit: u as TimeUnit })}
                  />
                </Group>
              )}
            </div>
          ))}
        </Stack>
      </Radio.Group>
      {start.mode === 'formula' && (
        <FormulaField
          label={t('timing.byFormula', { unit: t(`unit.${unit}`, { count: 2 }) })}
          value={start.expression}
          onChange={(expression) => onStart({ mode: 'formula', expression, unit }, 'timing')}
          use="NUMBER"
          problems={problemsIn(problems, 'scheduledEventOffset')}
        />
      )}
      {begins && (
        <div className={classes.sentence} role="status">
          <Trans
            t={t}
            i18nKey={begins < now ? 'timing.sentencePast' : 'timing.sentence'}
            values={{ name, date: formatDateTime(date, site), start: formatDateTime(begins, site) }}
            components={{ b: <b /> }}
          />
          <Text size="xs" c="dimmed" mt={2}>
            {t('timing.zone', { zone: site.timeZone })}
          </Text>
        </div>
      )}
      <Problems list={start.mode === 'formula' ? [] : problemsIn(problems, 'scheduledEventOffset')} />
    </Section>
  )
}
