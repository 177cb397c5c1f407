import { Button, Divider, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ExpressionGroup } from '@/features/flow/document'
import { useForms } from '../formula/FormsContext'
import { problemsIn } from '../model/found'
import { ComparisonRow } from './ComparisonRow'

const mostGroups = 10
const mostConditions = 20

/** Groups of conditions: one group must hold, in which all conditions must, or one. */
export function ConditionGroups(props: {
  value: ExpressionGroup[]
  onChange: (groups: ExpressionGroup[], key?: string) => void
  place: string
  lead: string
  optional?: boolean
}) {
  const { t } = useTranslation('forms')
  const { context } = useForms()
  const { readOnly, problems } = context
  const groups = props.value.length > 0 || props.optional ? props.value : [fresh()]
  const set = (at: number, group: ExpressionGroup | undefined, key?: string) =>
    props.onChange(group ? groups.with(at, group) : groups.toSpliced(at, 1), key)
  return (
    <Stack gap="sm">
      {groups.map((group, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: groups have no names of their own
        <div key={at}>
          {at > 0 && <Divider my="sm" label={t('condition.or')} />}
          <Stack gap="xs">
            <Text size="sm" fw={550}>
              {at === 0 ? props.lead : t('condition.orIf')}
            </Text>
            {group.booleanExpressions.length > 1 && (
              <SegmentedControl
                size="xs"
                w="fit-content"
                readOnly={readOnly}
                aria-label={t('condition.how')}
                data={[
                  { value: 'AND', label: t('condition.all') },
                  { value: 'OR', label: t('condition.any') },
                ]}
                value={group.operator === 'OR' ? 'OR' : 'AND'}
                onChange={(operator) => set(at, { ...group, operator: operator as 'AND' | 'OR' })}
              />
            )}
            {group.booleanExpressions.map((expression, i) => (
              <ComparisonRow
                // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no names of their own
                key={i}
                number={i + 1}
                value={expression}
                problems={problemsIn(problems, `${props.place}[${at}].booleanExpressions[${i}]`)}
                onChange={(next) =>
                  set(
                    at,
                    { ...group, booleanExpressions: group.booleanExpressions.with(i, next) },
                    `${props.place}[${at}][${i}]`,
                  )
                }
                onRemove={
                  groups.length > 1 || group.booleanExpressions.length > 1 || props.optional
                    ? () => {
                        const left = group.booleanExpressions.toSpliced(i, 1)
                        set(at, left.length > 0 ? { ...group, booleanExpressions: left } : undefined)
                      }
                    : undefined
                }
              />
            ))}
            {!readOnly && group.booleanExpressions.length < mostConditions && (
              <Button
                variant="subtle"
                size="compact-sm"
                w="fit-content"
                leftSection={<IconPlus size={15} aria-hidden />}
                onClick={() => set(at, { ...group, booleanExpressions: [...group.booleanExpressions, ''] })}
              >
                {t('condition.add')}
              </Button>
            )}
          </Stack>
        </div>
      ))}
      {!readOnly && groups.length < mostGroups && (
        <Button
          variant="default"
          size="xs"
          w="fit-content"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => props.onChange([...groups, fresh()])}
        >
          {groups.length === 0 ? t('condition.first') : t('condition.addGroup')}
        </Button>
      )}
    </Stack>
  )
}

const fresh = (): ExpressionGroup => ({ operator: 'AND', booleanExpressions: [''] })
