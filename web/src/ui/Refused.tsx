import { Alert, Text } from '@mantine/core'
import { ApiError } from '@/lib/api/error'
import { Problem } from './Problem'

/** What the server refuses, field by field. */
export function Refused({ error }: { error: Error }) {
  if (!(error instanceof ApiError) || error.temporary) return <Problem error={error} />
  return (
    <Alert color="red" variant="light" role="alert" title={error.message}>
      {error.violations.map((v) => (
        <Text size="sm" key={v.field + v.violatedRule}>
          <Text span ff="monospace" size="xs">
            {v.field}
          </Text>{' '}
          {v.description}
        </Text>
      ))}
    </Alert>
  )
}
