import { Select, Skeleton } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { Empty } from '@/ui/Empty'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { PreviewPanel } from './PreviewPanel'
import { triggersQuery } from './queries'
import { previewRoute } from './routes'

export const route = createLazyRoute('/signed/s/$site/preview')({ component: PreviewPage })

function PreviewPage() {
  const { t } = useTranslation('preview')
  const { site } = useSite()
  const { trigger } = previewRoute.useSearch()
  const navigate = useNavigate({ from: '/s/$site/preview' })
  const triggers = useQuery(triggersQuery(site))
  const list = triggers.data ?? []
  const chosen = list.find((one) => `${one.appId}/${one.triggerKey}` === trigger) ?? list[0]
  return (
    <Page title={t('title')} about={t('about')}>
      {triggers.isError && !triggers.data ? (
        <Problem error={triggers.error} again={() => void triggers.refetch()} />
      ) : !triggers.data ? (
        <Skeleton h={320} radius="md" />
      ) : !chosen ? (
        <Empty icon={<IconEye size={40} />} title={t('none.title')} text={t('none.text')} />
      ) : (
        <>
          <Select
            label={t('trigger')}
            data={list.map((one) => ({ value: `${one.appId}/${one.triggerKey}`, label: one.displayName }))}
            value={`${chosen.appId}/${chosen.triggerKey}`}
            onChange={(v) => v && void navigate({ search: { trigger: v }, replace: true })}
            allowDeselect={false}
            searchable
            maw={440}
            mb="md"
          />
          <PreviewPanel
            key={`${chosen.appId}/${chosen.triggerKey}`}
            siteId={site}
            trigger={{ appId: chosen.appId, triggerKey: chosen.triggerKey }}
          />
        </>
      )}
    </Page>
  )
}
