import { Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from '../operator.module.css'

type Props = {
  title: string
  /** The figure that counts now. */
  figure?: string
  /** What the figure is, or of whom the panel tells. */
  about?: string
  children?: ReactNode
}

/** One thing that an operator watches. */
export function Panel({ title, figure, about, children }: Props) {
  return (
    <section className={classes.panel} aria-label={title}>
      <Group justify="space-between" gap="xs" mb={figure ? 0 : 'sm'}>
        <Title order={2} size="sm" fw={600}>
          {title}
        </Title>
        {about && (
          <Text size="xs" c="dimmed">
            {about}
          </Text>
        )}
      </Group>
      {figure && <div className={classes.number}>{figure}</div>}
      {children}
    </section>
  )
}
