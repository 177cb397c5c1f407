import {
  ActionIcon,
  Badge,
  Box,
  Button,
  Group,
  Paper,
  Skeleton,
  Stack,
  Text,
  Title,
  Tooltip,
} from '@mantine/core'
import { IconLogout } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHere } from '@/app/useHere'
import { api, ask, type Schema } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { Confirm } from '@/ui/Confirm'
import { notify } from '@/ui/notify'
import { Problem } from '@/ui/Problem'
import { When } from '@/ui/When'

/** Who came by a portal link and may still be there, and the way to end it. */
export function Guests({ site }: { site: string }) {
  const { t } = useTranslation('access')
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const queryKey = ['guests', site]
  const path = { siteId: site }
  const list = useQuery({
    queryKey,
    queryFn: () => ask(api.GET('/belay/v1/sites/{siteId}/guests', { params: { path } })),
  })
  const end = useMutation({
    mutationFn: (guest: string | undefined) =>
      guest
        ? ask(
            api.DELETE('/belay/v1/sites/{siteId}/guests/{sessionId}', {
              params: { path: { ...path, sessionId: guest } },
            }),
          )
        : ask(api.DELETE('/belay/v1/sites/{siteId}/guests', { params: { path } })),
    onSuccess: (_, guest) => notify({ message: t(guest ? 'settings.guestOut' : 'settings.dismissed') }),
    onError: (error) => notify({ color: 'red', message: toApiError(error).message }),
    onSettled: () => {
      setAsking(false)
      return queries.invalidateQueries({ queryKey })
    },
  })
  const guests = list.data?.guests
  return (
    <Paper withBorder p="lg" radius="lg" component="section" aria-labelledby="guests">
      <Group justify="space-between" mb={4}>
        <Title order={2} fz="lg" id="guests">
          {t('settings.guests')}
        </Title>
        <Button variant="default" size="xs" onClick={() => setAsking(true)}>
          {t('settings.dismiss')}
        </Button>
      </Group>
      {list.error && <Problem error={list.error} again={() => void list.refetch()} />}
      {list.isPending && <Skeleton h={52} />}
      {guests?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('settings.noGuests')}
        </Text>
      )}
      <Stack gap="sm" component="ul" m={0} p={0} mt={guests?.length ? 'sm' : 0}>
        {guests?.map((one) => (
          <OneGuest key={one.id} guest={one} onEnd={() => end.mutate(one.id)} />
        ))}
      </Stack>
      <Confirm
        opened={asking}
        danger
        busy={end.isPending}
        title={t('settings.dismiss')}
        act={t('settings.dismiss')}
        onClose={() => setAsking(false)}
        onConfirm={() => end.mutate(undefined)}
      >
        {t('settings.dismissText')}
      </Confirm>
    </Paper>
  )
}

function OneGuest({ guest, onEnd }: { guest: Schema<'Guest'>; onEnd: () => void }) {
  const { t } = useTranslation('access')
  const place = useHere()
  const label = t('settings.endGuest', { who: guest.userId })
  return (
    <Group component="li" gap="md" wrap="nowrap" style={{ listStyle: 'none' }}>
      <Box flex={1} miw={0}>
        <Group gap={8}>
          <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
            {guest.userId}
          </Text>
          <Badge size="sm" variant="light" color="gray" tt="none">
            {t(`roleName.${guest.role}`)}
          </Badge>
        </Group>
        <Text size="sm" c="dimmed">
          {t('account.used')} <When at={guest.seenDate} place={place} />
          {guest.address && ` · ${t('account.from', { address: guest.address })}`}
        </Text>
      </Box>
      <Tooltip label={label}>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={onEnd}>
          <IconLogout size={18} />
        </ActionIcon>
      </Tooltip>
    </Group>
  )
}
