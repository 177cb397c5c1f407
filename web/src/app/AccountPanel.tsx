import {
  Button,
  Divider,
  Input,
  Popover,
  SegmentedControl,
  Stack,
  useMantineColorScheme,
} from '@mantine/core'
import { IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeLanguage, type Language, languages } from '@/i18n'
import { AccountButton } from './AccountMenu'
import { type Session, signOut } from './session'

/** How the console looks to whoever is here, their account, and the way out. It is open when it comes. */
export function AccountPanel({ session }: { session: Session }) {
  const { t, i18n } = useTranslation()
  const [opened, setOpened] = useState(true)
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { colorScheme, setColorScheme } = useMantineColorScheme()

  async function leave() {
    await signOut()
    queries.clear()
    await navigate({ to: '/sign-in' })
  }

  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="top-start"
      width={272}
      trapFocus
      returnFocus
      withinPortal
    >
      <Popover.Target>
        <AccountButton session={session} onClick={() => setOpened((o) => !o)} />
      </Popover.Target>
      <Popover.Dropdown aria-label={t('account.menu')}>
        <Stack gap="sm">
          <Input.Wrapper label={t('account.appearance')} labelElement="div">
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
          </Input.Wrapper>
          <Input.Wrapper label={t('account.language')} labelElement="div">
            <SegmentedControl
              fullWidth
              size="xs"
              aria-label={t('account.language')}
              value={i18n.language}
              onChange={(v) => void changeLanguage(v as Language)}
              data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
            />
          </Input.Wrapper>
          {session.user && (
            <>
              <Divider />
              <Button
                variant="subtle"
                color="gray"
                justify="flex-start"
                leftSection={<IconUserCircle size={16} />}
                onClick={() => {
                  setOpened(false)
                  void navigate({ to: '/account' as string })
                }}
              >
                {t('account.menu')}
              </Button>
              <Button
                variant="subtle"
                color="gray"
                justify="flex-start"
                leftSection={<IconLogout size={16} />}
                onClick={() => void leave()}
              >
                {t('account.signOut')}
              </Button>
            </>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
