import { Select } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from './session'

/** Chooses among many sites. */
export function SiteSwitch({ site }: { site: string | undefined }) {
  const { t } = useTranslation()
  const { sites } = useSession()
  const navigate = useNavigate()
  return (
    <Select
      aria-label={t('nav.chooseSite')}
      data={sites.map((s) => ({ value: s.id, label: s.name }))}
      value={site ?? null}
      onChange={(id) => id && void navigate({ to: `/s/${id}/automations` as string })}
      searchable={sites.length > 8}
      allowDeselect={false}
      limit={100}
      nothingFoundMessage="–"
    />
  )
}
