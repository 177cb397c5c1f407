import { Code, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { titleOf } from '@/lib/schema/title'
import classes from './runs.module.css'

/** A value of any kind as people read it: an object by its fields, the rest as text. */
export function Values({ of }: { of: unknown }) {
  const { t } = useTranslation('runs')
  if (of === undefined || of === null) return <Nothing text={t('step.nothing')} />
  if (typeof of !== 'object' || Array.isArray(of)) return <One value={of} />
  const fields = Object.entries(of)
  if (fields.length === 0) return <Nothing text={t('step.nothing')} />
  return (
    <dl className={classes.values}>
      {fields.map(([key, value]) => (
        <div key={key} style={{ display: 'contents' }}>
          <dt title={key}>{titleOf(key)}</dt>
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

function One({ value }: { value: unknown }) {
  if (typeof value === 'string') return <>{value}</>
  if (Array.isArray(value) && value.every((v) => typeof v !== 'object')) return <>{value.join(', ')}</>
  if (typeof value !== 'object' || value === null) return <>{String(value)}</>
  return (
    <Code block className={classes.code} tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </Code>
  )
}
