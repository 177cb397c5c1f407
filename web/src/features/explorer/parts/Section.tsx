import { Box, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

type Props = { title: string; about?: string; children: ReactNode }

/** A part of a page, with its heading. */
export function Section({ title, about, children }: Props) {
  const id = useId()
  return (
    <Box component="section" aria-labelledby={id}>
      <Title order={2} id={id} mb={about ? 2 : 'sm'}>
        {title}
      </Title>
      {about && (
        <Text c="dimmed" size="sm" mb="sm">
          {about}
        </Text>
      )}
      {children}
    </Box>
  )
}
