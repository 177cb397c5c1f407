import { Box, Text } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { sections } from './navigation'
import classes from './Shell.module.css'
import { SiteSwitch } from './SiteSwitch'
import { useSession } from './session'

/** What one can go to. */
export function Menu() {
  const { t } = useTranslation()
  const session = useSession()
  const site = useChosenSite()
  return (
    <>
      {session.sites.length > 1 && (
        <Box px="md" pb="md">
          <SiteSwitch site={site} />
        </Box>
      )}
      <Box className={classes.entries}>
        {sections(session, site).map((section) => (
          <Box key={section.id} component="section" mb="lg" aria-label={t(`nav.${section.id}`)}>
            {section.id !== 'site' && (
              <Text size="xs" c="dimmed" fw={600} px={12} mb={4}>
                {t(`nav.${section.id}`)}
              </Text>
            )}
            {section.entries.map(({ to, label, icon: Icon }) => (
              <Link key={to} to={to} className={classes.link} activeOptions={{ exact: to === '/ops' }}>
                <Icon size={18} stroke={1.7} aria-hidden />
                {t(`nav.${label}`)}
              </Link>
            ))}
          </Box>
        ))}
      </Box>
    </>
  )
}

/** The site of the page, or else the one that was looked at last, or the first. */
function useChosenSite(): string | undefined {
  const { sites } = useSession()
  const { site } = useParams({ strict: false })
  if (site) sessionStorage.setItem(lastSiteKey, site)
  const last = site ?? sessionStorage.getItem(lastSiteKey)
  return sites.find((s) => s.id === last)?.id ?? site ?? sites[0]?.id
}

const lastSiteKey = 'belay.site'
