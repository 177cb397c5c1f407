import { ActionIcon, Button, Group, Paper, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { SetVariablesInfo } from '@/features/flow/document'
import { useForms } from './formula/FormsContext'
import { FormulaField } from './formula/FormulaField'
import { problemsIn } from './model/found'
import { keyFor, readVariables, type Variable, type VariableType, writeVariables } from './model/variables'

const types: VariableType[] = ['string', 'number', 'boolean', 'date-time', 'other']

/** The variables that a step sets: a name, a type and a value each, for the steps after it. */
export function VariablesForm({
  value,
  onChange,
}: {
  value: SetVariablesInfo | undefined
  onChange: (next: SetVariablesInfo, key?: string) => void
}) {
  const { t } = useTranslation('forms')
  const { readOnly, problems } = useForms().context
  const all = readVariables(value)
  const set = (next: Variable[], key?: string) => onChange(writeVariables(next, value), key)
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('variables.text')}
      </Text>
      {all.map((v, i) => (
        <Paper key={v.key} withBorder p="sm" role="group" aria-label={v.title}>
          <Stack gap="sm">
            <Group gap="xs" align="end" wrap="nowrap">
              <TextInput
                label={t('variables.name')}
                flex={1}
                readOnly={readOnly}
                value={v.title}
                onChange={(e) =>
                  set(all.with(i, { ...v, title: e.currentTarget.value }), `variable.${v.key}.title`)
                }
              />
              <Select
                label={t('variables.type')}
                w={130}
                allowDeselect={false}
                readOnly={readOnly}
                data={types
                  .filter((k) => k !== 'other' || v.type === 'other')
                  .map((k) => ({ value: k, label: t(`variables.${k}`) }))}
                value={v.type}
                onChange={(type) => type && set(all.with(i, { ...v, type: type as VariableType }))}
              />
              {!readOnly && (
                <ActionIcon
                  variant="subtle"
                  color="red"
                  size="lg"
                  aria-label={t('variables.remove', { name: v.title })}
                  onClick={() => set(all.toSpliced(i, 1))}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              )}
            </Group>
            <FormulaField
              label={t('variables.value')}
              value={v.value}
              use={
                v.type === 'number'
                  ? 'NUMBER'
                  : v.type === 'boolean'
                    ? 'CONDITION'
                    : v.type === 'date-time'
                      ? 'DATE'
                      : undefined
              }
              problems={problemsIn(problems, `setVariablesInfo.outputMapping.${v.key}`)}
              onChange={(text) => set(all.with(i, { ...v, value: text }), `variable.${v.key}`)}
            />
          </Stack>
        </Paper>
      ))}
      {!readOnly && (
        <Button
          variant="default"
          size="xs"
          w="fit-content"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => {
            const title = t('variables.new', { number: all.length + 1 })
            set([
              ...all,
              {
                key: keyFor(
                  title,
                  all.map((v) => v.key),
                ),
                title,
                value: '',
                type: 'string',
              },
            ])
          }}
        >
          {t('variables.add')}
        </Button>
      )}
    </Stack>
  )
}
