import { useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { type Api, siteApi } from '@/lib/api/client'
import type { Place } from '@/lib/time'
import { mayEdit, placeOf, useSession } from './session'

/** The site of the page: its ID, the API on it, how its dates are read, whether it may be changed. */
export function useSite(): { site: string; api: Api; place: Place; editable: boolean } {
  const { site } = useParams({ strict: false })
  const { i18n } = useTranslation()
  const session = useSession()
  if (!site) throw new Error('this page belongs to no site')
  return {
    site,
    api: siteApi(site),
    place: placeOf(session, site, i18n.language),
    editable: mayEdit(session, site),
  }
}
