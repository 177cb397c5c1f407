import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Change, Choice, Fault, Offer } from '../model/offers'

type Props = {
  offer: Offer
  faults: Fault[]
  change: (change: Change) => void
  newId: () => string
}

/** The values that people choose from: each as events have it, and as it is called. */
export function FilterChoices({ offer, faults, change, newId }: Props) {
  const { t } = useTranslation('developer')
  const { choices } = offer
  const set = (i: number, next: Partial<Choice>) =>
    change({ choices: choices.map((c, n) => (n === i ? { ...c, ...next } : c)) })
  return (
    <Stack gap={6}>
      {choices.map((choice, i) => (
        <Group key={choice.id || i} gap="xs" wrap="nowrap" align="flex-start">
          <TextInput
            size="xs"
            flex={1}
            aria-label={t('filters.value', { number: i + 1 })}
            placeholder={t('filters.valueHint')}
            error={
              choice.value.trim() === '' && faults.includes('emptyChoice')
                ? t('filters.faults.emptyChoice')
                : undefined
            }
            value={choice.value}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            onChange={(e) => set(i, { value: e.currentTarget.value })}
          />
          <TextInput
            size="xs"
            flex={1}
            aria-label={t('filters.called', { number: i + 1 })}
            placeholder={choice.value || t('filters.calledHint')}
            value={choice.title}
            onChange={(e) => set(i, { title: e.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            mt={2}
            onClick={() => change({ choices: choices.filter((_, n) => n !== i) })}
            aria-label={t('filters.deleteValue', { name: choice.title || choice.value })}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      {faults.includes('noChoices') && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {t('filters.faults.noChoices')}
        </Text>
      )}
      <div>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={12} aria-hidden />}
          onClick={() => change({ choices: [...choices, { id: newId(), value: '', title: '' }] })}
        >
          {t('filters.addValue')}
        </Button>
      </div>
    </Stack>
  )
}
