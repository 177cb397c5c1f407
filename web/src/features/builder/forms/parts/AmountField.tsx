import { Group, Input, NumberInput, Select } from '@mantine/core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TimeUnit } from '@/features/flow/document'
import { amountExpression, amountOf } from '@/lib/formula/amount'
import { useForms } from '../formula/FormsContext'
import { FormulaField } from '../formula/FormulaField'
import { ModeButton } from './ModeButton'

const mostOf: Record<TimeUnit, number> = {
  MINUTES: 99_999,
  HOURS: 9_999,
  DAYS: 3_650,
  WEEKS: 520,
  MONTHS: 120,
}

/** A number that the document holds as an expression: written out, or by a formula. */
export function AmountField(props: {
  label: string
  description?: string
  value: string | undefined
  onChange: (expression: string | undefined) => void
  /** With a unit beside the number. */
  unit?: TimeUnit
  onUnit?: (unit: TimeUnit) => void
  units?: readonly TimeUnit[]
  least?: number
  /** Whether there may be no number at all. */
  optional?: boolean
  error?: string
}) {
  const { t } = useTranslation('forms')
  const { readOnly } = useForms().context
  const id = useId()
  const amount = amountOf(props.value)
  const plain = amount !== undefined || !props.value
  const [byFormula, setByFormula] = useState(!plain)
  const formula = byFormula || !plain
  const { unit, least = 1 } = props
  const units = unit && (
    <Select
      aria-label={t('amount.unit', { label: props.label })}
      w={130}
      readOnly={readOnly}
      allowDeselect={false}
      data={(props.units ?? (Object.keys(mostOf) as TimeUnit[])).map((u) => ({
        value: u,
        label: t(`unit.${u}`, { count: amount ?? 2 }),
      }))}
      value={unit}
      onChange={(u) => u && props.onUnit?.(u as TimeUnit)}
    />
  )
  const mode = (
    <ModeButton
      formula={formula}
      onSwitch={() => {
        if (formula && !plain) props.onChange(props.optional ? undefined : amountExpression(least))
        setByFormula(!formula)
      }}
    />
  )
  if (formula) {
    return (
      <div>
        <FormulaField
          label={props.label}
          description={props.description}
          value={props.value ?? ''}
          onChange={(text) => props.onChange(text || undefined)}
          use="NUMBER"
          tools={mode}
        />
        {units && <div style={{ marginBlockStart: 8 }}>{units}</div>}
      </div>
    )
  }
  return (
    <div>
      <Group justify="space-between" mb={3} wrap="nowrap" align="end">
        <Input.Label htmlFor={id}>{props.label}</Input.Label>
        {!readOnly && mode}
      </Group>
      {props.description && (
        <Input.Description id={`${id}-description`} mb={4}>
          {props.description}
        </Input.Description>
      )}
      <Group gap="xs" wrap="nowrap">
        <NumberInput
          id={id}
          aria-describedby={props.description ? `${id}-description` : undefined}
          w={110}
          min={least}
          max={unit ? mostOf[unit] : 1_000_000}
          allowDecimal={false}
          clampBehavior="blur"
          readOnly={readOnly}
          value={amount ?? ''}
          error={props.error}
          onChange={(n) => {
            if (typeof n === 'number') props.onChange(amountExpression(n))
            else if (n === '' && props.optional) props.onChange(undefined)
          }}
        />
        {units}
      </Group>
    </div>
  )
}
