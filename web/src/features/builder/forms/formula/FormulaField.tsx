import { ActionIcon, Anchor, Input, Text, Tooltip } from '@mantine/core'
import { useFocusWithin } from '@mantine/hooks'
import { IconMathFunction } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { hasFormula, isUnfinished, segmentsOf } from '@/lib/formula/segments'
import { areAddresses, inList } from '@/lib/mail/addresses'
import type { JsonSchema } from '@/lib/schema/schema'
import type { Problem } from '../../model/problems'
import { faultsOf } from '../model/faults'
import { sentence, toneOf } from '../parts/Problems'
import type { Hand } from './CodeText'
import type { Told } from './editor'
import { type Asked, type Checked, useForms } from './FormsContext'
import classes from './formula.module.css'
import { useCheck } from './useCheck'
import { VariablePicker } from './VariablePicker'

const CodeText = lazy(() => import('./CodeText'))

export type FormulaFieldProps = {
  label: string
  value: string
  onChange: (text: string) => void
  description?: ReactNode
  placeholder?: string
  required?: boolean
  lines?: boolean
  /** It takes addresses of mails, with commas between them. */
  addresses?: boolean
  use?: Asked['use']
  expects?: JsonSchema
  /** What the automation's validation says of the field; the field's own check is fresher where it says something. */
  problems?: Problem[]
  /** Beside the field's tools. */
  tools?: ReactNode
}

/** A text in which values of the trigger and of earlier steps stand as chips. */
export function FormulaField({
  label,
  value,
  onChange,
  description,
  placeholder,
  required,
  lines = false,
  addresses = false,
  use,
  expects,
  problems = [],
  tools,
}: FormulaFieldProps) {
  const { t } = useTranslation('forms')
  const { fields, functions, context } = useForms()
  const { readOnly } = context
  const id = useId()
  const [chips, setChips] = useState(true)
  const hand = useRef<Hand | null>(null)
  const checked = useCheck(value, use, expects)
  // Who has not been there yet has done nothing wrong.
  const [left, setLeft] = useState(value !== '')
  const { ref, focused } = useFocusWithin<HTMLDivElement>({ onBlur: () => setLeft(true) })
  const wrong = useMemo(
    // Who is in the middle of typing an expression needs no telling that it is not whole.
    () => (focused && isUnfinished(value) ? [] : faultsOf(value, checked, problems)),
    [focused, value, checked, problems],
  )
  const told = useMemo(
    (): Told => ({
      fields,
      functions,
      chips,
      marks: wrong.flatMap((w) => w.mark ?? []),
      formulaWord: 'ƒ',
      onOpen: () => setChips(false),
    }),
    [fields, functions, chips, wrong],
  )
  const failed = wrong.some((w) => w.severity === 'error' && (left || w.word !== 'required'))
  const attributes: Record<string, string> = {
    'aria-labelledby': `${id}-label`,
    'aria-describedby': [description && `${id}-description`, `${id}-said`].filter(Boolean).join(' '),
    'aria-multiline': String(lines),
    ...(required ? { 'aria-required': 'true' } : {}),
    ...(failed ? { 'aria-invalid': 'true' } : {}),
  }
  return (
    <div>
      <div className={classes.head}>
        <Input.Label
          id={`${id}-label`}
          component="div"
          required={required}
          onClick={() => hand.current?.focus()}
        >
          {label}
        </Input.Label>
        {!readOnly && (
          <div className={classes.tools}>
            {(hasFormula(value) || !chips) && (
              <Tooltip label={chips ? t('formula.show') : t('formula.hide')}>
                <ActionIcon
                  variant={chips ? 'subtle' : 'light'}
                  size="sm"
                  aria-label={chips ? t('formula.show') : t('formula.hide')}
                  aria-pressed={!chips}
                  onClick={() => setChips(!chips)}
                >
                  <IconMathFunction size={15} />
                </ActionIcon>
              </Tooltip>
            )}
            <VariablePicker
              label={t('picker.into', { label })}
              onPick={(f) => {
                const put = `{{var("${f.path}")}}`
                hand.current?.insert(addresses ? (before, after) => inList(put, before, after) : put)
              }}
            />
            {tools}
          </div>
        )}
      </div>
      {description && (
        <Input.Description id={`${id}-description`} mb={4}>
          {description}
        </Input.Description>
      )}
      <div
        className={`${classes.box} ${lines ? classes.tall : ''}`}
        ref={ref}
        data-error={failed || undefined}
        data-readonly={readOnly || undefined}
      >
        <Suspense fallback={<div className={classes.waiting}>{value}</div>}>
          <CodeText
            value={value}
            onChange={onChange}
            told={told}
            attributes={attributes}
            readOnly={readOnly}
            hint={placeholder ?? ''}
            lines={lines}
            hand={hand}
          />
        </Suspense>
      </div>
      <div id={`${id}-said`} aria-live="polite">
        {wrong.map((w) => (
          <Text
            key={w.key}
            size="xs"
            mt={4}
            c={left || w.word !== 'required' ? toneOf(w.severity) : 'dimmed'}
            className={classes.problem}
          >
            <span>{w.word ? t(`fault.${w.word}`, { name: w.name }) : sentence(w.message)}</span>
            {w.mend !== undefined && !readOnly && (
              <Anchor component="button" type="button" size="xs" onClick={() => onChange(w.mend as string)}>
                {t('formula.mend', { suggestion: w.suggestion })}
              </Anchor>
            )}
          </Text>
        ))}
        {!failed && <Example text={value} checked={checked} addresses={addresses} />}
      </div>
    </div>
  )
}

/** What the text gives of the example, where that says more than the text itself. */
function Example(props: { text: string; checked: Checked | undefined; addresses: boolean }) {
  const { text, checked, addresses } = props
  const { t } = useTranslation('forms')
  if (!segmentsOf(text).some((s) => s.kind !== 'text')) return null
  // Until it is known, what it will take is left free, so that nothing below is pushed away.
  if (!checked) return <Shown value={text} waits />
  if (checked.failure) {
    return (
      <Text size="xs" mt={4} c="dimmed">
        {t('formula.fails', { why: checked.failure.message })}
      </Text>
    )
  }
  if (checked.value === undefined || checked.value === null || checked.value === '') return null
  const value = typeof checked.value === 'string' ? checked.value : JSON.stringify(checked.value)
  if (addresses && !areAddresses(value))
    return (
      <Text size="xs" mt={4} c={toneOf('warning')}>
        {t('email.noAddresses')} <bdi>{value}</bdi>
      </Text>
    )
  return <Shown value={value} />
}

function Shown({ value, waits }: { value: string; waits?: boolean }) {
  const { t } = useTranslation('forms')
  return (
    <Text
      size="xs"
      mt={4}
      c="dimmed"
      className={classes.example}
      data-long={value.includes('\n') || undefined}
      style={waits ? { visibility: 'hidden' } : undefined}
    >
      {t('formula.example')} <bdi>{value}</bdi>
    </Text>
  )
}
