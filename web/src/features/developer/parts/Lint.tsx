import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Schema } from '@/lib/api/client'
import { type PatchAct, patched } from '../model/patch'
import type { SchemaDoc } from '../model/properties'
import { lintQuery } from '../queries'

type Props = { doc: SchemaDoc; of: 'TRIGGER' | 'ACTION'; onFix: (doc: SchemaDoc) => void }

/** What stands against the schema as it is on screen, each with a fix where there is one. */
export function Lint({ doc, of, onFix }: Props) {
  const { t } = useTranslation('developer')
  const [settled] = useDebouncedValue(doc, 350)
  const lint = useQuery({ ...lintQuery(settled, of), placeholderData: keepPreviousData })
  const found = lint.data
  if (!found) {
    return (
      <Text size="sm" c="dimmed" role="status">
        {lint.isError ? t('lint.failed') : t('lint.checking')}
      </Text>
    )
  }
  if (found.problems.length === 0) {
    return (
      <Group gap={6} role="status" c="light-dark(var(--mantine-color-belay-7), var(--mantine-color-belay-3))">
        <IconCheck size={16} aria-hidden />
        <Text size="sm">{found.scheduled ? t('lint.goodScheduled') : t('lint.good')}</Text>
      </Group>
    )
  }
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={t('lint.problems', { count: found.problems.length })}
      role="status"
    >
      <Stack gap="xs">
        {found.problems.map((p) => (
          <ProblemLine key={p.field + p.violatedRule} problem={p} doc={doc} onFix={onFix} />
        ))}
        {found.fixed !== undefined && found.problems.filter((p) => p.fix).length > 1 && (
          <div>
            <Button size="xs" onClick={() => onFix(found.fixed as SchemaDoc)}>
              {t('lint.fixAll')}
            </Button>
          </div>
        )}
      </Stack>
    </Alert>
  )
}

function ProblemLine({
  problem: p,
  doc,
  onFix,
}: {
  problem: Schema<'SchemaProblem'>
  doc: SchemaDoc
  onFix: Props['onFix']
}) {
  return (
    <Group justify="space-between" gap="sm" align="flex-start">
      <Text size="sm" flex={1} miw={220}>
        <Text span ff="monospace" size="xs" dir="ltr">
          {p.field}
        </Text>{' '}
        {p.description}
      </Text>
      {p.fix && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            const next = patched(doc, p.fix?.patch as PatchAct[])
            if (next) onFix(next as SchemaDoc)
          }}
        >
          {p.fix.title}
        </Button>
      )}
    </Group>
  )
}
