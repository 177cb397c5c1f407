import { Badge, Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Empty } from '@/ui/Empty'
import { Problem } from '@/ui/Problem'
import classes from '../AppsPage.module.css'

export type Item = { key: string; name: string; badges: string[]; about: string }

type Props = {
  items: Item[] | undefined
  error: Error | null
  again: () => void
  texts: { new: string; empty: string; emptyText: string }
  icon: ReactNode
  onEdit: (key: string) => void
}

/** What an app has declared, each to open, and a button for a new one. */
export function Declared({ items, error, again, texts, icon, onEdit }: Props) {
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => onEdit('')}>
      {texts.new}
    </Button>
  )
  if (error && !items) return <Problem error={error} again={again} />
  if (!items) {
    return (
      <Stack gap="xs" aria-busy>
        {[1, 2, 3].map((n) => (
          <Skeleton key={n} h={64} />
        ))}
      </Stack>
    )
  }
  if (items.length === 0) {
    return (
      <Empty title={texts.empty} text={texts.emptyText} icon={icon}>
        {button}
      </Empty>
    )
  }
  return (
    <Stack gap="xs">
      <Group justify="flex-end">{button}</Group>
      {items.map((item) => (
        <Card
          key={item.key}
          withBorder
          p="sm"
          component="button"
          ta="start"
          className={classes.card}
          onClick={() => onEdit(item.key)}
        >
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <div style={{ minWidth: 0 }}>
              <Text fw={600} truncate>
                {item.name}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                <Text span ff="monospace" size="xs">
                  {item.key}
                </Text>
                {item.about && ` · ${item.about}`}
              </Text>
            </div>
            <Group gap={6} wrap="nowrap">
              {item.badges.map((badge) => (
                <Badge key={badge} variant="light" color="gray">
                  {badge}
                </Badge>
              ))}
            </Group>
          </Group>
        </Card>
      ))}
    </Stack>
  )
}
