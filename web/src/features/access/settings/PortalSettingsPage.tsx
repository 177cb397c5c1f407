import { Alert, SimpleGrid, Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { api, ask } from '@/lib/api/client'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { Guests } from './Guests'
import { LinkMaker } from './LinkMaker'
import { LookForm } from './LookForm'
import { Preview } from './Preview'

export const route = createLazyRoute('/signed/s/$site/portal')({ component: PortalSettingsPage })

export const portalKey = (site: string) => ['portal', site]

/** How a platform shows the console of a site in its own page. */
function PortalSettingsPage() {
  const { t } = useTranslation('access')
  const { site, editable } = useSite()
  const portal = useQuery({
    queryKey: portalKey(site),
    queryFn: () => ask(api.GET('/belay/v1/sites/{siteId}/portal', { params: { path: { siteId: site } } })),
    enabled: editable,
  })
  return (
    <Page title={t('settings.title')} about={t('settings.about')}>
      {!editable && <Alert color="gray">{t('settings.viewer')}</Alert>}
      {portal.error && <Problem error={portal.error} again={() => void portal.refetch()} />}
      {editable && portal.isPending && !portal.error && <Skeleton h={360} />}
      {portal.data && (
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
          <LookForm key={portal.data.portal.updatedDate} site={site} answer={portal.data} />
          <Stack gap="lg">
            <LinkMaker site={site} />
            <Guests site={site} />
            <Preview site={site} />
          </Stack>
        </SimpleGrid>
      )}
    </Page>
  )
}
