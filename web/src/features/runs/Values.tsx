import { Code, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import type { Schema } from '@/lib/api/client'
import { titleOf } from '@/lib/schema/title'
import { When } from '@/ui/When'
import classes from './runs.module.css'

/** A value of any kind as people read it: an object by its fields, those first that have names, the rest as text. */
export function Values({ of, names = [] }: { of: unknown; names?: Schema<'FieldName'>[] | undefined }) {
  const { t } = useTranslation('runs')
  if (of === undefined || of === null) return <Nothing text={t('step.nothing')} />
  if (typeof of !== 'object' || Array.isArray(of)) return <One value={of} />
  const titles = new Map(names.map((n) => [n.key, n.title]))
  const values = new Map(Object.entries(of))
  const keys = new Set([...titles.keys()].filter((key) => values.has(key)))
  const fields = [...keys, ...[...values.keys()].filter((key) => !keys.has(key))].map(
    (key) => [key, values.get(key)] as const,
  )
  if (fields.length === 0) return <Nothing text={t('step.nothing')} />
  return (
    <dl className={classes.values}>
      {fields.map(([key, value]) => (
        <div key={key} style={{ display: 'contents' }}>
          <dt title={key}>{titles.get(key) ?? titleOf(key)}</dt>
          <dd>
            <One value={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Nothing({ text }: { text: string }) {
  return (
    <Text size="sm" c="dimmed">
      {text}
    </Text>
  )
}

/** Whether a text is a date with a time and an offset, which is shown on the site's clock. */
function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
    !Number.isNaN(Date.parse(text))
  )
}

function One({ value }: { value: unknown }) {
  const { place } = useSite()
  if (typeof value === 'string' && isInstant(value)) return <When at={value} place={place} exact />
  if (typeof value === 'string') return <>{value}</>
  if (Array.isArray(value) && value.every((v) => typeof v !== 'object')) return <>{value.join(', ')}</>
  if (typeof value !== 'object' || value === null) return <>{String(value)}</>
  return (
    <Code block className={classes.code} tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </Code>
  )
}
