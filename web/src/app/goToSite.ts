import { useNavigate } from '@tanstack/react-router'

/** Returns what leads to a site's list of automations. */
export function useGoToSite(): (site: string) => void {
  const navigate = useNavigate()
  return (site) => void navigate({ to: '/s/$site/automations', params: { site } })
}
