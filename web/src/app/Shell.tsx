import { AppShell, Box, Burger, Group, Loader, Skeleton, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { AccountMenu } from './AccountMenu'
import { Brand } from './Brand'
import { Connection } from './Connection'
import { Menu } from './Menu'
import { PortalColors } from './PortalColors'
import classes from './Shell.module.css'

/** The frame of all pages behind the sign-in: the menu at the side, below a bar on small screens. */
export function Shell() {
  const { t } = useTranslation()
  const [opened, { toggle, close }] = useDisclosure(false)
  const path = useRouterState({ select: (s) => s.location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes when the page changes
  useEffect(close, [path])
  return (
    <AppShell
      layout="alt"
      header={{ height: { base: 56, md: 0 } }}
      navbar={{ width: 248, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', md: 'xl' }}
    >
      <PortalColors />
      <a href="#content" className={classes.skip}>
        {t('skip')}
      </a>
      <AppShell.Header hiddenFrom="md" px="md">
        <Group h="100%" justify="space-between">
          <Brand />
          <Burger
            opened={opened}
            onClick={toggle}
            aria-label={t('nav.open')}
            aria-expanded={opened}
            size="sm"
          />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label={t('nav.label')}>
        <Group justify="space-between" px="md" h={56} hiddenFrom="md">
          <Brand />
          <Burger opened={opened} onClick={toggle} aria-label={t('close')} size="sm" />
        </Group>
        <Box px="md" pt="lg" pb="sm" visibleFrom="md">
          <Brand />
        </Box>
        <Suspense fallback={<MenuSkeleton />}>
          <Menu />
          <AccountMenu />
        </Suspense>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        <Connection />
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
    </AppShell>
  )
}

function MenuSkeleton() {
  return (
    <Box p="md">
      {[1, 2, 3, 4].map((n) => (
        <Skeleton key={n} h={20} mb="md" />
      ))}
    </Box>
  )
}

function PageSkeleton() {
  const { t } = useTranslation()
  return (
    <Group justify="center" py={80} gap="sm" role="status">
      <Loader size="sm" aria-hidden />
      <Text c="dimmed">{t('loading')}</Text>
    </Group>
  )
}
