import { Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

/** A part of a form with a heading and what it is for. */
export function Section({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  const id = useId()
  return (
    <Stack component="section" gap="sm" aria-labelledby={id}>
      <div>
        <Title order={3} size="md" id={id}>
          {title}
        </Title>
        {text && (
          <Text size="sm" c="dimmed" mt={2}>
            {text}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  )
}
