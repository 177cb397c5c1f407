import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = {
  title: string
  text?: string
  icon?: ReactNode
  /** 1 where this is the whole page. */
  order?: 1 | 2
  children?: ReactNode
}

/** What a page shows before there is anything on it; children are what one can begin with. */
export function Empty({ title, text, icon, order = 2, children }: Props) {
  return (
    <Stack align="center" gap="sm" py={64} px="md" ta="center">
      {icon}
      <Title order={order}>{title}</Title>
      {text && (
        <Text c="dimmed" maw={460}>
          {text}
        </Text>
      )}
      {children}
    </Stack>
  )
}
