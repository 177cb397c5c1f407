import { Badge, Card, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconPackage } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Empty } from '@/ui/Empty'
import { Problem } from '@/ui/Problem'
import { preinstalledQuery } from './queries'

/** What of an automation is shown here; the rest of it is the builder's. */
type Brought = {
  id: string
  name: string
  description?: string
  revision?: string
  configuration?: { status?: string }
  preinstalledInfo?: { componentId?: string }
}

/** The automations that the app brings to every site that has it. */
export function PreinstalledTab({ app }: { app: string }) {
  const { t } = useTranslation('developer')
  const found = useQuery(preinstalledQuery(app))
  if (found.isError) return <Problem error={found.error} again={() => void found.refetch()} />
  if (!found.data) return <Skeleton h={120} aria-busy />
  const list = found.data.automations as unknown as Brought[]
  if (list.length === 0) {
    return (
      <Empty
        title={t('preinstalled.empty')}
        text={t('preinstalled.emptyText')}
        icon={<IconPackage size={40} stroke={1.3} aria-hidden />}
      />
    )
  }
  return (
    <Stack gap="xs">
      {list.map((a) => {
        const active = a.configuration?.status === 'ACTIVE'
        return (
          <Card key={a.id} withBorder p="sm">
            <Group justify="space-between" wrap="nowrap">
              <div style={{ minWidth: 0 }}>
                <Text fw={600} truncate>
                  {a.name}
                </Text>
                {a.description && (
                  <Text size="sm" c="dimmed">
                    {a.description}
                  </Text>
                )}
                <Text size="xs" c="dimmed">
                  {t('preinstalled.revision', { number: a.revision })} · {t('preinstalled.component')}{' '}
                  <Text span ff="monospace" size="xs">
                    {a.preinstalledInfo?.componentId}
                  </Text>
                </Text>
              </div>
              <Badge variant="light" color={active ? 'belay' : 'gray'} flex="none">
                {active ? t('preinstalled.active') : t('preinstalled.inactive')}
              </Badge>
            </Group>
          </Card>
        )
      })}
    </Stack>
  )
}
