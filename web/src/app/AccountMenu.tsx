import {
  Avatar,
  Box,
  Group,
  Menu,
  SegmentedControl,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core'
import { IconLogout, IconSelector, IconUserCircle } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { changeLanguage, type Language, languages } from '@/i18n'
import classes from './Shell.module.css'
import { signOut, useSession } from './session'

/** Who is signed in, how the console looks to them, and the way out. */
export function AccountMenu() {
  const { t, i18n } = useTranslation()
  const session = useSession()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const name = session.user?.name ?? session.portal?.name ?? t('account.key')

  async function leave() {
    await signOut()
    queries.clear()
    await navigate({ to: '/sign-in' })
  }

  return (
    <Box p="sm">
      <Menu position="top-start" width={264} withinPortal closeOnItemClick={false}>
        <Menu.Target>
          <UnstyledButton className={classes.user} aria-label={`${t('account.menu')}: ${name}`}>
            <Group gap={10} wrap="nowrap">
              <Avatar size={30} radius="xl" color="belay" name={name} alt="" />
              <Box flex={1} miw={0}>
                <Text size="sm" fw={550} truncate>
                  {name}
                </Text>
                {session.user && (
                  <Text size="xs" c="dimmed" truncate>
                    {session.user.email}
                  </Text>
                )}
              </Box>
              <IconSelector size={16} aria-hidden />
            </Group>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('account.appearance')}</Menu.Label>
          <Box px="sm" pb="xs">
            <SegmentedControl
              fullWidth
              size="xs"
              aria-label={t('account.appearance')}
              value={colorScheme}
              onChange={(v) => setColorScheme(v as 'light' | 'dark' | 'auto')}
              data={(['light', 'dark', 'auto'] as const).map((value) => ({
                value,
                label: t(`account.${value}`),
              }))}
            />
          </Box>
          <Menu.Label>{t('account.language')}</Menu.Label>
          <Box px="sm" pb="xs">
            <SegmentedControl
              fullWidth
              size="xs"
              aria-label={t('account.language')}
              value={i18n.language}
              onChange={(v) => void changeLanguage(v as Language)}
              data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
            />
          </Box>
          {session.user && (
            <>
              <Menu.Divider />
              <Menu.Item
                leftSection={<IconUserCircle size={16} />}
                onClick={() => void navigate({ to: '/account' as string })}
              >
                {t('account.menu')}
              </Menu.Item>
              <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
                {t('account.signOut')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </Box>
  )
}
