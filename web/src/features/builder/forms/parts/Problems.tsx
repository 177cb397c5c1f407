import { Text } from '@mantine/core'
import type { Problem } from '../../model/problems'

/** What stands against a part of a form that has no field of its own to say it. */
export function Problems({ list }: { list: Problem[] }) {
  return list.map((p) => (
    <Text key={p.id} size="xs" mt={6} role="status" c={toneOf(p.severity)}>
      {sentence(p.message)}
    </Text>
  ))
}

/** The colour of what is said against something; both have contrast enough for small text. */
export function toneOf(severity: Problem['severity']): string {
  return severity === 'error'
    ? 'light-dark(var(--mantine-color-red-8), var(--mantine-color-red-4))'
    : 'light-dark(#7a4f01, var(--mantine-color-yellow-4))'
}

/** What a field says stands against it: the first of it, undefined where nothing does. */
export function saidOf(list: Problem[] | undefined): string | undefined {
  const first = list?.[0]
  return first && sentence(first.message)
}

/** A message of the server as a sentence begins. */
export function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1)
}
