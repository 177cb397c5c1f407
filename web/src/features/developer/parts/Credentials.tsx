import { Alert, Box, Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '@/ui/CopyButton'

type Props = { title: string; about: string; action?: ReactNode; children: ReactNode }

/** A list of credentials of one kind. */
export function Credentials({ title, about, action, children }: Props) {
  const id = useId()
  return (
    <Card withBorder component="section" aria-labelledby={id}>
      <Group justify="space-between" align="flex-start" mb="sm">
        <Box flex={1} miw={220}>
          <Title order={2} id={id}>
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        </Box>
        {action}
      </Group>
      <Stack gap="xs">{children}</Stack>
    </Card>
  )
}

/** A secret that is seen this once. It cannot be closed by accident. */
export function Once({ secret, onClose }: { secret: string | undefined; onClose: () => void }) {
  const { t } = useTranslation('developer')
  return (
    <Modal
      opened={secret !== undefined}
      onClose={onClose}
      title={t('keys.once')}
      centered
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <Alert color="yellow" variant="light" mb="md">
        {t('keys.onceText')}
      </Alert>
      <Group wrap="nowrap" gap="xs">
        <Text ff="monospace" size="sm" style={{ overflowWrap: 'anywhere' }} flex={1} dir="ltr">
          {secret}
        </Text>
        <CopyButton value={secret ?? ''} />
      </Group>
      <Group justify="flex-end" mt="lg">
        <Button onClick={onClose}>{t('keys.done')}</Button>
      </Group>
    </Modal>
  )
}
