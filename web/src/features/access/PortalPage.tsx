import { useMutation, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask, portalTokenKey } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { Problem } from '@/ui/Problem'
import { Entry } from './Entry'

export const route = createLazyRoute('/portal')({ component: PortalPage })

/** Opens what a portal link is for, and goes on to the site. */
function PortalPage() {
  const { t } = useTranslation('access')
  const { site } = useSearch({ from: '/portal' })
  const queries = useQueryClient()
  const navigate = useNavigate()
  const open = useMutation({
    mutationFn: async (token: string) => {
      // Whoever was here before in this tab is here no more.
      sessionStorage.removeItem(portalTokenKey)
      return ask(api.POST('/belay/v1/portal-sessions', { body: { siteId: site ?? '', token } }))
    },
    onSuccess: async ({ accessToken }) => {
      sessionStorage.setItem(portalTokenKey, accessToken)
      queries.clear()
      await navigate({ to: `/s/${site}/automations` as string, replace: true })
    },
  })
  const begun = useRef(false)
  const { mutate } = open
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    const token = location.hash.slice(1)
    history.replaceState(history.state, '', location.pathname + location.search)
    mutate(token)
  }, [mutate])
  const refused = open.error ? toApiError(open.error) : undefined
  if (refused?.temporary) {
    return (
      <Entry title={t('portal.ended')} text={t('portal.endedText')}>
        <Problem error={refused} />
      </Entry>
    )
  }
  if (refused) return <Entry title={t('portal.ended')} text={t('portal.endedText')} />
  return <Entry title={t('portal.opening')} />
}
