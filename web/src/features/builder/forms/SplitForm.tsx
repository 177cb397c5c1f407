import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { SplitPath } from '@/features/flow/document'
import { useForms } from './formula/FormsContext'
import { problemsIn } from './model/found'
import { Problems } from './parts/Problems'

const least = 2
const most = 10

/** The paths of a split: all of them are taken, beside each other. */
export function SplitForm({
  value,
  onChange,
}: {
  value: SplitPath[]
  onChange: (paths: SplitPath[], key?: string) => void
}) {
  const { t } = useTranslation('forms')
  const { readOnly, actions, problems } = useForms().context
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('split.text')}
      </Text>
      {value.map((path, i) => (
        <Group key={path.id} gap={4} wrap="nowrap" align="end">
          <TextInput
            label={t('split.path', { number: i + 1 })}
            flex={1}
            maxLength={60}
            readOnly={readOnly}
            value={path.displayName ?? path.name}
            onChange={(e) =>
              onChange(
                value.with(i, {
                  ...path,
                  name: e.currentTarget.value || path.name,
                  displayName: e.currentTarget.value,
                }),
                `path.${path.id}`,
              )
            }
          />
          {!readOnly && actions && (
            <>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                disabled={i === 0}
                aria-label={t('split.up', { number: i + 1 })}
                onClick={() => actions.movePath(path.id, i - 1)}
              >
                <IconArrowUp size={16} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                disabled={i === value.length - 1}
                aria-label={t('split.down', { number: i + 1 })}
                onClick={() => actions.movePath(path.id, i + 1)}
              >
                <IconArrowDown size={16} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="red"
                size="lg"
                disabled={value.length <= least}
                aria-label={t('split.remove', { number: i + 1 })}
                onClick={() => actions.removePath(path.id)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </>
          )}
        </Group>
      ))}
      {!readOnly && actions && value.length < most && (
        <Button
          variant="default"
          size="xs"
          w="fit-content"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={actions.addPath}
        >
          {t('split.add')}
        </Button>
      )}
      <Problems list={problemsIn(problems, 'splitInfo')} />
    </Stack>
  )
}
