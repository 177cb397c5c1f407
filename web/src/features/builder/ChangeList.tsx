import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Automation } from '@/features/flow/document'
import { triggerId } from '@/features/flow/links'
import { useDescribe } from '@/features/flow/useDescribe'
import { titleOf } from '@/lib/schema/title'
import classes from './builder.module.css'
import { Difference } from './Difference'
import type { Catalog } from './model/catalog'
import { type Change, changes, type FieldChange } from './model/changes'
import { legible } from './model/legible'
import { useNames } from './useNames'
import { useLabels, useWords } from './useSaid'

type Props = { before: Automation; after: Automation; catalog: Catalog }

/** What is different between two states of an automation, step by step, with each text as it was and as it is. */
export function ChangeList({ before, after, catalog }: Props) {
  const { t } = useTranslation('builder')
  const label = useLabels(catalog)
  const words = useWords()
  const names = useNames(after, catalog)
  const oldNames = useNames(before, catalog)
  const now = useDescribe(after, names)
  const then = useDescribe(before, oldNames)
  const list = changes(before, after)
  if (list.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('changes.none')}
      </Text>
    )
  }

  // A step that is gone has its name in the old state alone.
  const nameOf = (id: string) => (id in after.configuration.actions ? now(id) : then(id)).title

  function said(c: Change): string {
    switch (c.kind) {
      case 'name':
      case 'description':
        return t(`changes.${c.kind}`)
      case 'status':
        return t(c.to === 'ACTIVE' ? 'changes.on' : 'changes.off')
      case 'added':
      case 'removed':
      case 'moved':
      case 'edited':
        return t(`changes.${c.kind}`, { step: nameOf(c.stepId) })
      default:
        return t(`changes.${c.kind}`)
    }
  }

  function fieldsOf(c: Change): FieldChange[] {
    switch (c.kind) {
      case 'name':
      case 'description':
        return [{ name: c.kind, from: c.from, to: c.to }]
      case 'trigger':
        return [{ name: c.kind, from: then(triggerId).title, to: now(triggerId).title }]
      case 'timing': {
        const at = t('changes.at')
        return [{ name: c.kind, from: then(triggerId).summary ?? at, to: now(triggerId).summary ?? at }]
      }
      default:
        return 'fields' in c ? c.fields : []
    }
  }

  /** What a field is called where it is edited. */
  function labelOf(c: Change, name: string): string {
    if (!('stepId' in c)) return t(`changes.part.${name as 'name'}`, { defaultValue: titleOf(name) })
    return label(c.stepId in after.configuration.actions ? after : before, c.stepId, name)
  }

  return (
    <ul className={classes.changes}>
      {list.map((c) => (
        <li
          key={'stepId' in c ? `${c.kind} ${c.stepId}` : c.kind}
          className={classes.change}
          data-kind={c.kind}
        >
          <Text size="sm" fw={600} dir="auto">
            {said(c)}
          </Text>
          {fieldsOf(c).map((f) => {
            const from = legible(f.from, oldNames.field, words)
            const to = legible(f.to, names.field, words)
            if (from === to) return null
            return <Difference key={f.name} label={labelOf(c, f.name)} from={from} to={to} />
          })}
        </li>
      ))}
    </ul>
  )
}
