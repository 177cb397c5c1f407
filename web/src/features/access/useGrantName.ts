import { useTranslation } from 'react-i18next'
import { useSession } from '@/app/session'
import type { Grant } from './grants'

/** Says in words what a grant lets somebody be. */
export function useGrantName(): (grant: Grant) => string {
  const { t } = useTranslation('access')
  const { sites, apps } = useSession()
  return (grant) => {
    const id = grant.appId ?? grant.siteId ?? ''
    const of = [...sites, ...apps].find((one) => one.id === id)?.name ?? id
    return t(`role.${grant.role}`, { of })
  }
}
