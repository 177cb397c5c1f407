import { ScrollArea, Skeleton, Tabs } from '@mantine/core'
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Back } from '@/ui/Back'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { ActionsTab } from './ActionsTab'
import { KeysTab } from './KeysTab'
import { PreinstalledTab } from './PreinstalledTab'
import {
  actionsQuery,
  apiKeysQuery,
  appQuery,
  preinstalledQuery,
  signingKeysQuery,
  triggersQuery,
} from './queries'
import { appRoute, type Tab, tabs } from './routes'
import { SettingsTab } from './SettingsTab'
import { TriggersTab } from './TriggersTab'

export const route = createLazyRoute('/signed/dev/apps/$app')({ component: AppPage })

/** What the tabs are going to show, asked for beside the app and not after it. */
const ahead: Partial<Record<Tab, (client: QueryClient, app: string) => void>> = {
  triggers: (client, app) => void client.prefetchQuery(triggersQuery(app)),
  actions: (client, app) => void client.prefetchQuery(actionsQuery(app)),
  keys: (client, app) => {
    void client.prefetchQuery(signingKeysQuery(app))
    void client.prefetchQuery(apiKeysQuery(app))
  },
  preinstalled: (client, app) => void client.prefetchQuery(preinstalledQuery(app)),
}

function AppPage() {
  const { t } = useTranslation('developer')
  const { app: id } = appRoute.useParams()
  const { tab = 'triggers', edit } = appRoute.useSearch()
  const navigate = useNavigate()
  const client = useQueryClient()
  useEffect(() => ahead[tab]?.(client, id), [client, tab, id])
  const found = useQuery(appQuery(id))
  const app = found.data?.app
  if (!app) {
    return (
      <Page title={t('title')}>
        {found.isError ? (
          <Problem error={found.error} again={() => void found.refetch()} />
        ) : (
          <Skeleton h={240} aria-busy />
        )}
      </Page>
    )
  }
  const open = (next: { tab?: Tab; edit?: string }) =>
    void navigate({ to: '/dev/apps/$app', params: { app: id }, search: next })
  return (
    <Page title={app.name} back={<Back to="/dev/apps">{t('title')}</Back>}>
      <Tabs value={tab} onChange={(value) => open({ tab: value as Tab })} keepMounted={false}>
        <ScrollArea type="never" mb="md">
          <Tabs.List aria-label={t('tabs.label')} style={{ flexWrap: 'nowrap' }}>
            {tabs.map((one) => (
              <Tabs.Tab key={one} value={one}>
                {t(`tabs.${one}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </ScrollArea>
        <Tabs.Panel value="triggers">
          <TriggersTab app={id} edit={edit} onEdit={(key) => open({ tab: 'triggers', edit: key })} />
        </Tabs.Panel>
        <Tabs.Panel value="actions">
          <ActionsTab app={id} edit={edit} onEdit={(key) => open({ tab: 'actions', edit: key })} />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <KeysTab app={app} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsTab app={app} />
        </Tabs.Panel>
        <Tabs.Panel value="preinstalled">
          <PreinstalledTab app={id} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
