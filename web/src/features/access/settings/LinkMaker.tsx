import {
  Alert,
  Button,
  Code,
  Group,
  Paper,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHere } from '@/app/useHere'
import { api, ask } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { formatDateTime } from '@/lib/time'
import { CopyButton } from '@/ui/CopyButton'

type As = 'SITE' | 'VIEWER'

/** Makes a portal link by hand, and says how a server does it. */
export function LinkMaker({ site }: { site: string }) {
  const { t } = useTranslation('access')
  const [userId, setUserId] = useState('')
  const [role, setRole] = useState<As>('SITE')
  const make = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/belay/v1/sites/{siteId}/portal-links', {
          params: { path: { siteId: site } },
          body: { userId, role },
        }),
      ),
  })
  const refused = make.error ? toApiError(make.error) : null
  const place = useHere()
  function submit(event: FormEvent) {
    event.preventDefault()
    make.mutate()
  }
  return (
    <Paper withBorder p="lg" radius="lg">
      <Title order={2} fz="lg" mb={4}>
        {t('settings.link')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {t('settings.linkText')}
      </Text>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t('settings.userId')}
            description={t('settings.userIdText')}
            value={userId}
            onChange={(event) => setUserId(event.currentTarget.value)}
            maxLength={100}
            placeholder="user-17"
            required
            withAsterisk={false}
          />
          <SegmentedControl
            aria-label={t('settings.as')}
            value={role}
            onChange={(next) => setRole(next as As)}
            data={(['SITE', 'VIEWER'] as const).map((value) => ({ value, label: t(`roleName.${value}`) }))}
          />
          {refused && (
            <Alert color="red" role="alert" p="sm">
              {refused.message}
            </Alert>
          )}
          <Group>
            <Button type="submit" loading={make.isPending} disabled={userId === ''}>
              {t('settings.make')}
            </Button>
          </Group>
          {make.data && (
            <TextInput
              aria-label={t('settings.link')}
              description={t('settings.once', {
                until: formatDateTime(new Date(make.data.expiresDate), place),
              })}
              value={make.data.url}
              readOnly
              dir="ltr"
              rightSection={<CopyButton value={make.data.url} label={t('users.copyLink')} />}
            />
          )}
        </Stack>
      </form>
      <Text size="sm" fw={550} mt="lg">
        {t('settings.embed')}
      </Text>
      <Text size="sm" c="dimmed" mb="xs">
        {t('settings.embedText')}
      </Text>
      <Code block dir="ltr" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {snippet(site)}
      </Code>
    </Paper>
  )
}

const snippet = (site: string) => `curl -X POST ${location.origin}/belay/v1/sites/${site}/portal-links \\
  -H "Authorization: $BELAY_KEY" -H 'Content-Type: application/json' \\
  -d '{"userId": "user-17", "role": "SITE"}'

<iframe src="…url…" title="Automations"></iframe>`
