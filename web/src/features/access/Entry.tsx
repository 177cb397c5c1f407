import { Center, Paper, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Brand } from '@/app/Brand'
import classes from './Entry.module.css'

type Props = { title: string; text?: ReactNode; children?: ReactNode }

/** The frame of pages before the sign-in: one card in the middle. */
export function Entry({ title, text, children }: Props) {
  useDocumentTitle(`${title} · Belay`)
  return (
    <Center component="main" className={classes.page}>
      <Stack w="100%" maw={420} gap="lg">
        <Center>
          <Brand />
        </Center>
        <Paper withBorder radius="lg" p={{ base: 'lg', xs: 32 }} className={classes.card}>
          <Title order={1} fz={22}>
            {title}
          </Title>
          {text && (
            <Text c="dimmed" mt={6}>
              {text}
            </Text>
          )}
          {children}
        </Paper>
      </Stack>
    </Center>
  )
}
