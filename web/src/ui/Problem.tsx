import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconCloudOff, IconLock, IconMoodPuzzled } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/lib/api/error'

type Props = { error: Error; again?: () => void }

/** Says in words why something could not be loaded, and what happens next. */
export function Problem({ error, again }: Props) {
  const { t } = useTranslation()
  const e = error instanceof ApiError ? error : undefined
  const Icon = e?.temporary ? IconCloudOff : e?.status === 403 ? IconLock : IconMoodPuzzled
  return (
    <Alert
      color={e?.temporary ? 'yellow' : 'gray'}
      icon={<Icon />}
      title={t('problem.title')}
      role="alert"
      my="md"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{words(t, error)}</Text>
        <Group gap="sm">
          {again && (
            <Button size="xs" variant="default" onClick={again}>
              {t('problem.again')}
            </Button>
          )}
          {e?.requestId && (
            <Text size="xs" c="dimmed">
              {t('problem.request', { id: e.requestId })}
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  )
}

function words(t: TFunction<'app'>, error: Error): string {
  if (!(error instanceof ApiError)) return t('problem.defect')
  if (error.temporary) return t('problem.temporary')
  if (error.status === 403) return t('problem.denied')
  if (error.status === 404) return t('problem.missing')
  return error.message
}
