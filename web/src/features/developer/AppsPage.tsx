import { Button, Card, Group, Modal, SimpleGrid, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconApps, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isOperator, useSession } from '@/app/session'
import { api, ask } from '@/lib/api/client'
import { Empty } from '@/ui/Empty'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import classes from './AppsPage.module.css'
import { type App, appsQuery } from './queries'

export const route = createLazyRoute('/signed/dev/apps')({ component: AppsPage })

function AppsPage() {
  const { t } = useTranslation('developer')
  const apps = useQuery(appsQuery)
  const [making, make] = useDisclosure(false)
  const operator = isOperator(useSession())
  const button = operator && (
    <Button leftSection={<IconPlus size={16} />} onClick={make.open}>
      {t('new')}
    </Button>
  )
  return (
    <Page title={t('title')} about={t('about')} actions={button}>
      {apps.isError && <Problem error={apps.error} again={() => void apps.refetch()} />}
      {apps.isPending && (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} aria-busy>
          {[1, 2, 3].map((n) => (
            <Skeleton key={n} h={104} />
          ))}
        </SimpleGrid>
      )}
      {apps.data?.apps.length === 0 && (
        <Empty
          title={t('empty')}
          text={t('emptyText')}
          icon={<IconApps size={40} stroke={1.3} aria-hidden />}
        >
          {button}
        </Empty>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {apps.data?.apps.map((app) => (
          <AppCard key={app.id} app={app} />
        ))}
      </SimpleGrid>
      <NewApp opened={making} onClose={make.close} />
    </Page>
  )
}

function AppCard({ app }: { app: App }) {
  const { t } = useTranslation('developer')
  const host = hostOf(app.provider?.baseUrl)
  return (
    <Card
      withBorder
      className={classes.card}
      renderRoot={(props) => <Link to="/dev/apps/$app" params={{ app: app.id }} {...props} />}
    >
      <Text fw={600} size="lg" truncate>
        {app.name}
      </Text>
      <Text size="sm" c="dimmed" truncate>
        {host ? t('card.server', { host }) : t('card.noServer')}
      </Text>
      <Text size="sm" c="dimmed">
        {t('card.secrets', { count: app.secrets.length })}
      </Text>
    </Card>
  )
}

function NewApp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('developer')
  const client = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => ask(api.POST('/belay/v1/apps', { body: { name: name.trim() } })),
    onSuccess: async ({ app }) => {
      void client.invalidateQueries({ queryKey: ['apps'] })
      void client.invalidateQueries({ queryKey: ['session'] })
      await navigate({ to: '/dev/apps/$app', params: { app: app.id } })
    },
  })
  const submit = (e: FormEvent) => {
    e.preventDefault()
    create.mutate()
  }
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('new')}
      centered
      closeButtonProps={{ 'aria-label': t('close', { ns: 'app' }) }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('name')}
            placeholder={t('namePlaceholder')}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            maxLength={100}
            required
            data-autofocus
          />
          {create.isError && <Problem error={create.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
              {t('create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function hostOf(url: string | undefined): string {
  if (!url) return ''
  try {
    return new URL(url).host
  } catch {
    return url
  }
}
