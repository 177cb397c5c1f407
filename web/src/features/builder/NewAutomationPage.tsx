import { Anchor, Box, Skeleton, Stack, Text } from '@mantine/core'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { whole } from '@/features/flow/document'
import { ask } from '@/lib/api/client'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { TriggerPicker } from './forms'
import { type Catalog, triggerOf } from './model/catalog'
import { written } from './useAutosave'
import { useBuilder } from './useBuilder'

export const route = createLazyRoute('/signed/s/$site/automations/new')({ component: NewAutomationPage })

/** The first step of a new automation: what starts it. A draft is there from then on. */
function NewAutomationPage() {
  const { t } = useTranslation('builder')
  const { site, api } = useSite()
  const navigate = useNavigate()
  const { data, error, refetch } = useBuilder(site, api, undefined)
  const [failed, setFailed] = useState<Error>()

  async function begin(trigger: { appId: string; triggerKey: string }) {
    const name = triggerOf(data?.apps as unknown as Catalog, trigger)?.displayName ?? ''
    // What is published is meant to act; it can be switched off in the same dialog.
    const automation = whole({ name, configuration: { status: 'ACTIVE', trigger } })
    try {
      const made = await ask(
        api.POST('/automations-service/v2/automations/drafts', { body: { automation: written(automation) } }),
      )
      await navigate({
        to: '/s/$site/automations/$id',
        params: { site, id: made.automation.id as string },
        replace: true,
      })
    } catch (thrown) {
      setFailed(thrown as Error)
    }
  }

  return (
    <Page title={t('new.title')} about={t('new.about')}>
      <Box maw={720}>
        {failed && <Problem error={failed} />}
        {error && !data && <Problem error={error} again={() => void refetch()} />}
        {data ? (
          <TriggerPicker
            catalog={data.apps as unknown as Catalog}
            onPick={(trigger) => void begin(trigger)}
          />
        ) : (
          !error && (
            <Stack aria-hidden>
              {[1, 2, 3, 4, 5].map((n) => (
                <Skeleton key={n} h={64} radius="lg" />
              ))}
            </Stack>
          )
        )}
        <Text size="sm" c="dimmed" mt="xl">
          <Anchor renderRoot={(props) => <Link to="/s/$site/automations" params={{ site }} {...props} />}>
            {t('back')}
          </Anchor>
          {' · '}
          <Anchor renderRoot={(props) => <Link to="/s/$site/templates" params={{ site }} {...props} />}>
            {t('new.templates')}
          </Anchor>
        </Text>
      </Box>
    </Page>
  )
}
