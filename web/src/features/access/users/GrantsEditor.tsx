import { ActionIcon, Button, Group, Input, Paper, Select, Stack, Text } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '@/app/session'
import { type Grant, grantKey, grantOf, kindOf, type Role, roles, sameGrant, withGrant } from '../grants'
import { useGrantName } from '../useGrantName'

type Props = { value: Grant[]; onChange: (grants: Grant[]) => void; error?: string }

/** What somebody may do: the list, and a line by which it grows. */
export function GrantsEditor({ value, onChange, error }: Props) {
  const { t } = useTranslation('access')
  const name = useGrantName()
  return (
    <Input.Wrapper label={t('users.grants')} labelElement="div" error={error}>
      <Stack gap="xs" mt={4}>
        {value.map((grant) => (
          <Paper key={grantKey(grant)} withBorder px="sm" py={6} radius="md">
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm">{name(grant)}</Text>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('users.removeGrant', { grant: name(grant) })}
                onClick={() => onChange(value.filter((one) => !sameGrant(one, grant)))}
              >
                <IconX size={16} />
              </ActionIcon>
            </Group>
          </Paper>
        ))}
        <Adder onAdd={(grant) => onChange(withGrant(value, grant))} />
      </Stack>
    </Input.Wrapper>
  )
}

function Adder({ onAdd }: { onAdd: (grant: Grant) => void }) {
  const { t } = useTranslation('access')
  const { sites, apps } = useSession()
  const [role, setRole] = useState<Role>('SITE')
  const [id, setId] = useState<string | null>(null)
  const kind = kindOf(role)
  const grant = grantOf(role, id)
  function choose(next: Role) {
    if (kindOf(next) !== kind) setId(null)
    setRole(next)
  }
  function add() {
    if (!grant) return
    onAdd(grant)
    setId(null)
  }
  return (
    <Stack gap={6}>
      <Group gap="xs" align="flex-end">
        <Select
          aria-label={t('users.role')}
          w={140}
          data={roles.map((one) => ({ value: one, label: t(`roleName.${one}`) }))}
          value={role}
          onChange={(next) => next && choose(next as Role)}
          allowDeselect={false}
        />
        {kind && (
          <Select
            aria-label={t(`users.which.${kind}`)}
            placeholder={t(`users.which.${kind}`)}
            flex={1}
            miw={160}
            data={(kind === 'app' ? apps : sites).map((one) => ({ value: one.id, label: one.name }))}
            value={id}
            onChange={setId}
            searchable
            limit={100}
          />
        )}
        <Button variant="default" leftSection={<IconPlus size={16} />} disabled={!grant} onClick={add}>
          {t('users.addGrant')}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {t(`roleText.${role}`)}
      </Text>
    </Stack>
  )
}
