import { Avatar, Box, Group, Text, UnstyledButton } from '@mantine/core'
import { IconSelector } from '@tabler/icons-react'
import { type ComponentPropsWithRef, lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './Shell.module.css'
import { type Session, useSession } from './session'

const load = () => import('./AccountPanel')
const AccountPanel = lazy(() => load().then((m) => ({ default: m.AccountPanel })))

/** Who is signed in. What they can set, and the way out, come when somebody reaches for them. */
export function AccountMenu() {
  const [asked, setAsked] = useState(false)
  const session = useSession()
  const button = (
    <AccountButton
      session={session}
      aria-expanded={false}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setAsked(true)}
    />
  )
  return (
    <Box p="sm">
      {asked ? (
        <Suspense fallback={button}>
          <AccountPanel session={session} />
        </Suspense>
      ) : (
        button
      )}
    </Box>
  )
}

type ButtonProps = ComponentPropsWithRef<'button'> & { session: Session }

/** The button with the name of whoever is here. */
export function AccountButton({ session, ...props }: ButtonProps) {
  const { t } = useTranslation()
  const name = session.user?.name ?? session.portal?.name ?? t('account.key')
  return (
    <UnstyledButton
      className={classes.user}
      aria-label={`${t('account.menu')}: ${name}`}
      aria-haspopup="dialog"
      {...props}
    >
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
  )
}
