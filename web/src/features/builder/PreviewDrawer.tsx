import { Drawer, Skeleton } from '@mantine/core'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Automation } from '@/features/flow/document'
import { written } from './useAutosave'

const PreviewPanel = lazy(() => import('@/features/preview').then((m) => ({ default: m.PreviewPanel })))

type Props = { site: string; automation: Automation; onClose: () => void }

/** What the automation would do as it is on screen. */
export function PreviewDrawer({ site, automation, onClose }: Props) {
  const { t } = useTranslation('builder')
  const document = useMemo(() => written(automation), [automation])
  const { appId, triggerKey } = automation.configuration.trigger
  const trigger = useMemo(() => ({ appId, triggerKey }), [appId, triggerKey])
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={t('preview')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Suspense fallback={<Skeleton h={320} radius="md" />}>
        <PreviewPanel siteId={site} trigger={trigger} automation={document} />
      </Suspense>
    </Drawer>
  )
}
