import { Text } from '@mantine/core'
import type { Problem } from '../../model/problems'

/** What stands against a part of a form that has no field of its own to say it. */
export function Problems({ list }: { list: Problem[] }) {
  return list.map((p) => (
    <Text
      key={p.id}
      size="xs"
      role="status"
      c={p.severity === 'error' ? 'var(--mantine-color-error)' : 'yellow.8'}
    >
      {p.message}
    </Text>
  ))
}
