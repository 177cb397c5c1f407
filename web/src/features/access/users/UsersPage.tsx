import { Button, Paper, Skeleton, Stack, Table, Text, TextInput } from '@mantine/core'
import { IconSearch, IconUserPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '@/app/session'
import { api, ask } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { Confirm } from '@/ui/Confirm'
import { Empty } from '@/ui/Empty'
import { notify } from '@/ui/notify'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { LinkShown } from './LinkShown'
import { usersKey, usersQuery } from './queries'
import { type UserDetails, UserForm, type UserLink } from './UserForm'
import { UserRow } from './UserRow'

export const route = createLazyRoute('/signed/ops/users')({ component: UsersPage })

type Act = { what: 'invite' } | { what: 'edit' | 'remove' | 'signOut'; user: UserDetails }

function UsersPage() {
  const { t } = useTranslation('access')
  const users = useQuery(usersQuery)
  const [act, setAct] = useState<Act>()
  const [link, setLink] = useState<UserLink>()
  const close = () => setAct(undefined)
  const invite = (
    <Button leftSection={<IconUserPlus size={18} />} onClick={() => setAct({ what: 'invite' })}>
      {t('users.invite')}
    </Button>
  )
  return (
    <Page title={t('users.title')} about={t('users.about')} actions={invite}>
      {users.error && <Problem error={users.error} again={() => void users.refetch()} />}
      {users.isPending && !users.error && (
        <Stack>
          {[1, 2, 3].map((n) => (
            <Skeleton key={n} h={56} />
          ))}
        </Stack>
      )}
      {users.data?.length === 0 && (
        <Empty title={t('users.empty')} text={t('users.emptyText')}>
          {invite}
        </Empty>
      )}
      {users.data && users.data.length > 0 && <List users={users.data} onAct={setAct} onLink={setLink} />}
      {act?.what === 'invite' && <UserForm onClose={close} onLink={setLink} />}
      {act?.what === 'edit' && <UserForm user={act.user} onClose={close} onLink={setLink} />}
      {(act?.what === 'remove' || act?.what === 'signOut') && (
        <Ask what={act.what} user={act.user} onClose={close} />
      )}
      {link && <LinkShown link={link} onClose={() => setLink(undefined)} />}
    </Page>
  )
}

type ListProps = { users: UserDetails[]; onAct: (act: Act) => void; onLink: (link: UserLink) => void }

function List({ users, onAct, onLink }: ListProps) {
  const { t } = useTranslation('access')
  const session = useSession()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const makeLink = useMutation({
    mutationFn: (userId: string) =>
      ask(api.POST('/belay/v1/users/{userId}/links', { params: { path: { userId } } })),
    onSuccess: async (made) => {
      onLink(made)
      await queries.invalidateQueries({ queryKey: usersKey })
    },
    onError: (error) => notify({ color: 'red', message: toApiError(error).message }),
  })
  const words = text.trim().toLowerCase()
  const found = users.filter((u) => `${u.name} ${u.email}`.toLowerCase().includes(words))
  return (
    <Stack gap="md">
      {users.length > 5 && (
        <TextInput
          aria-label={t('users.search')}
          placeholder={t('users.search')}
          leftSection={<IconSearch size={16} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          maw={360}
        />
      )}
      <Paper withBorder radius="lg">
        <Table verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('users.columns.who')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('users.columns.grants')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('users.columns.state')}</Table.Th>
              <Table.Th ta="end" aria-label={t('users.columns.actions')} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.map((user) => (
              <UserRow
                key={user.id}
                user={user}
                self={user.id === session.user?.id}
                onEdit={() => onAct({ what: 'edit', user })}
                onLink={() => makeLink.mutate(user.id)}
                onSignOut={() => onAct({ what: 'signOut', user })}
                onRemove={() => onAct({ what: 'remove', user })}
              />
            ))}
          </Table.Tbody>
        </Table>
        {found.length === 0 && (
          <Text c="dimmed" ta="center" py="lg">
            {t('users.found')}
          </Text>
        )}
      </Paper>
    </Stack>
  )
}

type AskProps = { what: 'remove' | 'signOut'; user: UserDetails; onClose: () => void }

/** Asks before somebody is removed, or signed out. */
function Ask({ what, user, onClose }: AskProps) {
  const { t } = useTranslation('access')
  const queries = useQueryClient()
  const params = { path: { userId: user.id } }
  const go = useMutation({
    mutationFn: () =>
      what === 'remove'
        ? ask(api.DELETE('/belay/v1/users/{userId}', { params }))
        : ask(api.DELETE('/belay/v1/users/{userId}/sessions', { params })),
    onSuccess: async () => {
      void notify({
        message: t(what === 'remove' ? 'users.removed' : 'users.signedOut', { name: user.name }),
      })
      await queries.invalidateQueries({ queryKey: usersKey })
    },
    onError: (thrown) => {
      const error = toApiError(thrown)
      void notify({
        color: 'red',
        message: error.code === 'LAST_OPERATOR' ? t('users.last') : error.message,
      })
    },
    onSettled: onClose,
  })
  return (
    <Confirm
      opened
      danger={what === 'remove'}
      busy={go.isPending}
      title={t(what === 'remove' ? 'users.removeTitle' : 'users.signOutTitle', { name: user.name })}
      act={t(what === 'remove' ? 'users.remove' : 'users.signOut')}
      onClose={onClose}
      onConfirm={() => go.mutate()}
    >
      {what === 'remove' ? t('users.removeText', { email: user.email }) : t('users.signOutText')}
    </Confirm>
  )
}
