import { ActionIcon, Avatar, Badge, Box, Group, Menu, Table, Text, Tooltip } from '@mantine/core'
import { IconDots, IconLink, IconLogout, IconPencil, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { grantKey } from '../grants'
import { useGrantName } from '../useGrantName'
import type { UserDetails } from './UserForm'

/** How many of somebody's grants stand in the row. */
const shown = 3

type Props = {
  user: UserDetails
  self: boolean
  onEdit: () => void
  onLink: () => void
  onSignOut: () => void
  onRemove: () => void
}

export function UserRow({ user, self, ...acts }: Props) {
  const { t } = useTranslation('access')
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <Avatar name={user.name} alt="" color="belay" radius="xl" size={34} />
          <Box miw={0}>
            <Group gap={6}>
              <Text size="sm" fw={550}>
                {user.name}
              </Text>
              {self && (
                <Badge size="xs" variant="light" tt="none">
                  {t('users.you')}
                </Badge>
              )}
            </Group>
            <Text size="sm" c="dimmed" truncate>
              {user.email}
            </Text>
            <Box hiddenFrom="sm" mt={6}>
              <Grants user={user} />
            </Box>
          </Box>
        </Group>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Grants user={user} />
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Text size="sm" c={joined(user) ? undefined : 'dimmed'}>
          {t(`users.state.${stateOf(user)}`)}
        </Text>
      </Table.Td>
      <Table.Td ta="end">
        <Acts user={user} {...acts} />
      </Table.Td>
    </Table.Tr>
  )
}

const joined = (user: UserDetails) => user.password || user.provider

function stateOf(user: UserDetails) {
  if (user.provider) return 'provider'
  if (user.password) return 'password'
  return user.linkEndsDate ? 'invited' : 'ended'
}

function Grants({ user }: { user: UserDetails }) {
  const { t } = useTranslation('access')
  const name = useGrantName()
  const rest = user.grants.slice(shown)
  return (
    <Group gap={4}>
      {user.grants.slice(0, shown).map((grant) => (
        <Badge key={grantKey(grant)} variant="light" color="gray" tt="none" fw={500} maw="100%">
          {name(grant)}
        </Badge>
      ))}
      {rest.length > 0 && (
        <Tooltip label={rest.map(name).join(', ')} multiline maw={320}>
          <Badge variant="outline" color="gray" tt="none" fw={500}>
            {t('users.more', { count: rest.length })}
          </Badge>
        </Tooltip>
      )}
      {user.grants.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('users.nothing')}
        </Text>
      )}
    </Group>
  )
}

function Acts({ user, onEdit, onLink, onSignOut, onRemove }: Omit<Props, 'self'>) {
  const { t } = useTranslation('access')
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('users.menu', { name: user.name })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
          {t('users.edit')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLink size={16} />} onClick={onLink}>
          {joined(user) ? t('users.newLink') : t('users.newLinkInvited')}
        </Menu.Item>
        {joined(user) && (
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={onSignOut}>
            {t('users.signOut')}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={onRemove}>
          {t('users.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
