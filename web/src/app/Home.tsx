import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '@/ui/Empty'
import { firstPage, useSession } from './session'

/** Leads on to what there is for whoever is here. */
export function Home() {
  const to = firstPage(useSession())
  const navigate = useNavigate()
  useEffect(() => void navigate({ to, replace: true }), [navigate, to])
  return null
}

/** What somebody sees who was given nothing. */
export function Nothing() {
  const { t } = useTranslation()
  return <Empty order={1} title={t('noSites.title')} text={t('noSites.text')} />
}
