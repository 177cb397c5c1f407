import { NativeSelect, Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useGoToSite } from './goToSite'
import { useSession } from './session'

/** Among more sites than this one searches. */
const few = 20

const SiteSearch = lazy(() => import('./SiteSearch').then((m) => ({ default: m.SiteSearch })))

/** Chooses among many sites. */
export function SiteSwitch({ site }: { site: string | undefined }) {
  const { t } = useTranslation()
  const { sites } = useSession()
  const go = useGoToSite()
  if (sites.length > few) {
    return (
      <Suspense fallback={<Skeleton h={36} />}>
        <SiteSearch site={site} />
      </Suspense>
    )
  }
  return (
    <NativeSelect
      aria-label={t('nav.chooseSite')}
      data={sites.map((s) => ({ value: s.id, label: s.name }))}
      value={site ?? ''}
      onChange={(e) => go(e.currentTarget.value)}
    />
  )
}
