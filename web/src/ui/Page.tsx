import { Box, Group, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

type Props = {
  title: string
  /** The way back to the list that the page is one of; see Back. */
  back?: ReactNode
  /** One line below the title. */
  about?: ReactNode
  /** Buttons beside the title. */
  actions?: ReactNode
  /** Uses the whole width, for canvases and wide tables. */
  wide?: boolean
  children: ReactNode
}

/** The frame of every page: its one heading, what can be done, the content. */
export function Page({ title, back, about, actions, wide, children }: Props) {
  useDocumentTitle(`${title} · Belay`)
  return (
    <Box maw={wide ? undefined : 'var(--page-width)'} mx="auto" w="100%">
      {back && <Box mb="xs">{back}</Box>}
      <Group justify="space-between" align="flex-start" mb="lg" gap="md">
        <Box>
          <Title order={1}>{title}</Title>
          {about && (
            <Text c="dimmed" mt={4}>
              {about}
            </Text>
          )}
        </Box>
        {actions && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Box>
  )
}
