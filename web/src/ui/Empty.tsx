import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = { title: string; text?: string; icon?: ReactNode; children?: ReactNode }

/** What a page shows before there is anything on it; children are what one can begin with. */
export function Empty({ title, text, icon, children }: Props) {
  return (
    <Stack align="center" gap="sm" py={64} px="md" ta="center">
      {icon}
      <Title order={2}>{title}</Title>
      {text && (
        <Text c="dimmed" maw={460}>
          {text}
        </Text>
      )}
      {children}
    </Stack>
  )
}
