import { Button, Card, Group, Radio, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask } from '@/lib/api/client'
import { Confirm } from '@/ui/Confirm'
import { CopyButton } from '@/ui/CopyButton'
import { notify } from '@/ui/notify'
import { Refused } from '@/ui/Refused'
import { AllowedAddresses } from './parts/AllowedAddresses'
import type { App } from './queries'

/** The app's name and server, and what may be called. */
export function SettingsTab({ app }: { app: App }) {
  const { t } = useTranslation('developer')
  const client = useQueryClient()
  const navigate = useNavigate()
  const path = { appId: app.id }
  const [name, setName] = useState(app.name)
  const [baseUrl, setBaseUrl] = useState(app.provider?.baseUrl ?? '')
  const [format, setFormat] = useState(app.provider?.format || 'jwt')
  const [deleting, del] = useDisclosure(false)
  const save = useMutation({
    mutationFn: () =>
      ask(
        api.PUT('/belay/v1/apps/{appId}', {
          params: { path },
          body: {
            name: name.trim(),
            provider: baseUrl.trim() ? { baseUrl: baseUrl.trim(), format: format as 'jwt' } : undefined,
          },
        }),
      ),
    onSuccess: () => {
      void notify({ message: t('saved') })
      void client.invalidateQueries({ queryKey: ['app', app.id] })
      void client.invalidateQueries({ queryKey: ['apps'] })
    },
  })
  const remove = useMutation({
    mutationFn: () => ask(api.DELETE('/belay/v1/apps/{appId}', { params: { path } })),
    onSuccess: async () => {
      void client.invalidateQueries({ queryKey: ['apps'] })
      await navigate({ to: '/dev/apps' })
    },
    onError: del.close,
  })
  const submit = (e: FormEvent) => {
    e.preventDefault()
    save.mutate()
  }
  return (
    <Stack gap="lg" maw={720}>
      <Card withBorder component="form" onSubmit={submit}>
        <Stack>
          <Title order={2}>{t('settings.server')}</Title>
          <TextInput
            label={t('name')}
            value={name}
            maxLength={100}
            required
            onChange={(e) => setName(e.currentTarget.value)}
          />
          <TextInput
            label={t('settings.baseUrl')}
            description={t('settings.baseUrlHelp')}
            type="url"
            value={baseUrl}
            maxLength={256}
            onChange={(e) => setBaseUrl(e.currentTarget.value)}
          />
          <Radio.Group label={t('settings.format')} value={format} onChange={setFormat}>
            <Stack gap="xs" mt={6}>
              <Radio value="jwt" label={t('settings.jwt')} disabled={!baseUrl} />
              <Radio value="webhook" label={t('settings.webhook')} disabled={!baseUrl} />
            </Stack>
          </Radio.Group>
          <div>
            <Text size="sm" fw={500}>
              {t('settings.id')}
            </Text>
            <Group wrap="nowrap" gap={4}>
              <Text ff="monospace" size="xs" style={{ overflowWrap: 'anywhere' }}>
                {app.id}
              </Text>
              <CopyButton value={app.id} label={t('settings.id')} />
            </Group>
          </div>
          {save.isError && <Refused error={save.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={!name.trim()}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      </Card>
      <AllowedAddresses />
      <Card withBorder>
        <Group justify="space-between">
          <div>
            <Title order={2} size="h3">
              {t('settings.delete')}
            </Title>
            <Text size="sm" c="dimmed">
              {t('settings.deleteText')}
            </Text>
          </div>
          <Button variant="default" onClick={del.open}>
            {t('settings.delete')}
          </Button>
        </Group>
        {remove.isError && <Refused error={remove.error} />}
      </Card>
      <Confirm
        opened={deleting}
        title={t('settings.deleteTitle', { name: app.name })}
        act={t('settings.delete')}
        danger
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={del.close}
      >
        {t('settings.deleteConfirm')}
      </Confirm>
    </Stack>
  )
}
