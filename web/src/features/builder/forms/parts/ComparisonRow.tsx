import { ActionIcon, Group, Menu, Paper, Select } from '@mantine/core'
import { IconArrowsExchange, IconDots, IconMathFunction, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type Comparison,
  type Operator,
  operatorsOf,
  readComparison,
  takes,
  withOperator,
  writeComparison,
} from '@/lib/formula/condition'
import { fieldAt } from '@/lib/schema/fields'
import type { Problem } from '../../model/problems'
import { useForms } from '../formula/FormsContext'
import { FormulaField } from '../formula/FormulaField'
import { FieldSelect } from './FieldSelect'
import { OperandInput } from './OperandInput'
import { Problems } from './Problems'

/** One condition: a field, an operator and a value; or a formula that gives true or false. */
export function ComparisonRow(props: {
  number: number
  value: string
  onChange: (formula: string) => void
  onRemove?: () => void
  problems: Problem[]
}) {
  const { t } = useTranslation('forms')
  const { fields, context } = useForms()
  const read = props.value === '' ? empty : readComparison(props.value)
  const [asFormula, setAsFormula] = useState(read === undefined)
  const plain = read !== undefined && !asFormula
  const set = (c: Comparison) => props.onChange(c.path === '' ? '' : writeComparison(c))
  const field = read && fieldAt(fields, read.path)
  const operators = operatorsOf(field)
  const offered = read && !operators.includes(read.operator) ? [read.operator, ...operators] : operators
  const name = t('compare.row', { number: props.number })
  const menu = !context.readOnly && (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('compare.more', { name })}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {plain && read.values.length === 1 && takes(read.operator) !== 'texts' && (
          <Menu.Item
            leftSection={<IconArrowsExchange size={15} />}
            onClick={() =>
              set({
                ...read,
                values: typeof read.values[0] === 'object' ? [''] : [{ path: other(read.path) }],
              })
            }
          >
            {typeof read.values[0] === 'object' ? t('compare.withValue') : t('compare.withField')}
          </Menu.Item>
        )}
        {(plain || read !== undefined) && (
          <Menu.Item leftSection={<IconMathFunction size={15} />} onClick={() => setAsFormula(plain)}>
            {plain ? t('mode.formula') : t('mode.plain')}
          </Menu.Item>
        )}
        {props.onRemove && (
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={props.onRemove}>
            {t('compare.remove')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
  const other = (path: string) => fields.find((f) => f.path !== path && f.kind === field?.kind)?.path ?? path

  if (!plain) {
    return (
      <Paper withBorder p="xs" role="group" aria-label={name}>
        <FormulaField
          label={t('compare.formula')}
          value={props.value}
          onChange={(formula) => {
            // What is typed here stays a formula, also where it comes to spell a comparison.
            setAsFormula(true)
            props.onChange(formula)
          }}
          use="CONDITION"
          problems={props.problems}
          placeholder="{{gt(var(&quot;total&quot;);100)}}"
          tools={menu}
        />
      </Paper>
    )
  }
  return (
    <Paper withBorder p="xs" role="group" aria-label={name}>
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <Group gap="xs" flex={1} wrap="wrap">
          <FieldSelect
            label={t('compare.field')}
            value={read.path}
            flex="1 1 160px"
            onChange={(path) => set(begun(path, read, operatorsOf(fieldAt(fields, path))))}
          />
          <Select
            aria-label={t('compare.operator')}
            flex="1 1 140px"
            allowDeselect={false}
            readOnly={context.readOnly}
            disabled={read.path === ''}
            data={offered.map((o) => ({ value: o, label: t(`operator.${o}`) }))}
            value={read.operator}
            onChange={(o) => o && set(withOperator(read, o as Operator))}
          />
          {read.path !== '' && (
            <OperandInput
              takes={takes(read.operator)}
              comparison={read}
              field={field}
              onChange={(values) => set({ ...read, values })}
            />
          )}
        </Group>
        {menu}
      </Group>
      <Problems list={props.problems} />
    </Paper>
  )
}

const empty: Comparison = { path: '', operator: 'is', values: [] }

/** The comparison on another field, its operator kept where the field has it. */
function begun(path: string, old: Comparison, operators: Operator[]): Comparison {
  const operator = operators.includes(old.operator) ? old.operator : (operators[0] ?? 'is')
  return { ...withOperator(old, operator), path }
}
