import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useGoToSite } from './goToSite'
import { useSession } from './session'

/** Finds one of very many sites. */
export function SiteSearch({ site }: { site: string | undefined }) {
  const { t } = useTranslation()
  const { sites } = useSession()
  const go = useGoToSite()
  return (
    <Select
      aria-label={t('nav.chooseSite')}
      data={sites.map((s) => ({ value: s.id, label: s.name }))}
      value={site ?? null}
      onChange={(id) => id && go(id)}
      searchable
      allowDeselect={false}
      limit={100}
      nothingFoundMessage="–"
    />
  )
}
