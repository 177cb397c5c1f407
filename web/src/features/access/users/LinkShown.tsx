import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useHere } from '@/app/useHere'
import { formatDateTime } from '@/lib/time'
import { CopyButton } from '@/ui/CopyButton'
import type { UserLink } from './UserForm'

/** A one-time link, this once. */
export function LinkShown({ link, onClose }: { link: UserLink; onClose: () => void }) {
  const { t } = useTranslation('access')
  const place = useHere()
  const until = formatDateTime(new Date(link.link.expiresDate), place)
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('users.linkTitle', { name: link.user.name })}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'app' }) }}
    >
      <Stack>
        <Text size="sm">{t('users.linkText', { until })}</Text>
        <TextInput
          aria-label={t('users.linkTitle', { name: link.user.name })}
          value={link.link.url}
          readOnly
          dir="ltr"
          onFocus={(event) => event.currentTarget.select()}
          rightSection={<CopyButton value={link.link.url} label={t('users.copyLink')} />}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('users.linkDone')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
