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
import { IconDeviceDesktop, IconDeviceMobile, IconLogout } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHere } from '@/app/useHere'
import { api, ask, type Schema } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { formatRelative } from '@/lib/time'
import { Confirm } from '@/ui/Confirm'
import { notify } from '@/ui/notify'
import { Problem } from '@/ui/Problem'
import { When } from '@/ui/When'
import { readAgent } from './agent'

export const sessionsKey = ['sessions']

/** Where somebody is signed in, and the way to end it. */
export function Sessions() {
  const { t } = useTranslation('access')
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const list = useQuery({ queryKey: sessionsKey, queryFn: () => ask(api.GET('/belay/v1/sessions')) })
  const end = useMutation({
    mutationFn: (id: string | undefined) =>
      id
        ? ask(api.DELETE('/belay/v1/sessions/{sessionId}', { params: { path: { sessionId: id } } }))
        : ask(api.DELETE('/belay/v1/sessions')),
    onSuccess: () => notify({ message: t('account.ended') }),
    onError: (error) => notify({ color: 'red', message: toApiError(error).message }),
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsKey }),
  })
  const sessions = list.data?.sessions
  return (
    <Paper withBorder p="lg" radius="lg">
      <Group justify="space-between" mb="md">
        <Title order={2} fz="lg">
          {t('account.sessions')}
        </Title>
        {sessions && sessions.length > 1 && (
          <Button variant="default" size="xs" onClick={() => setAsking(true)}>
            {t('account.endOthers')}
          </Button>
        )}
      </Group>
      {list.error && <Problem error={list.error} again={() => void list.refetch()} />}
      {list.isPending && <Skeleton h={52} />}
      <Stack gap="sm" component="ul" m={0} p={0}>
        {sessions?.map((one) => (
          <OneSession key={one.id} session={one} onEnd={() => end.mutate(one.id)} />
        ))}
      </Stack>
      <Confirm
        opened={asking}
        title={t('account.endOthers')}
        act={t('account.endOthers')}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false)
          end.mutate(undefined)
        }}
      >
        {t('account.endOthersText')}
      </Confirm>
    </Paper>
  )
}

function OneSession({ session, onEnd }: { session: Schema<'OpenSession'>; onEnd: () => void }) {
  const { t } = useTranslation('access')
  const place = useHere()
  const agent = readAgent(session.agent)
  const mobile = agent?.system === 'iOS' || agent?.system === 'Android'
  const Icon = mobile ? IconDeviceMobile : IconDeviceDesktop
  const since = formatRelative(new Date(session.createdDate), new Date(), place.locale)
  return (
    <Group component="li" gap="md" wrap="nowrap" style={{ listStyle: 'none' }}>
      <Icon size={22} stroke={1.5} aria-hidden />
      <Box flex={1} miw={0}>
        <Group gap={8}>
          <Text size="sm" fw={550}>
            {agent ? t('account.on', agent) : t('account.unknown')}
          </Text>
          {session.current && (
            <Badge size="sm" variant="light" tt="none">
              {t('account.here')}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {t('account.used')} <When at={session.seenDate} place={place} /> ·{' '}
          {t('account.since', { when: since })}
          {session.address && ` · ${t('account.from', { address: session.address })}`}
        </Text>
      </Box>
      {!session.current && (
        <Tooltip label={t('account.end')}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('account.end')} onClick={onEnd}>
            <IconLogout size={18} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  )
}
