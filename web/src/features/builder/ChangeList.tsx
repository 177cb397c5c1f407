import { List, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { StepText } from '@/features/flow/describe'
import type { Automation } from '@/features/flow/document'
import type { Change } from './model/changes'

type Props = { list: Change[]; live: Automation; describe: (id: string) => StepText }

/** What is different in a draft, in words. */
export function ChangeList({ list, live, describe }: Props) {
  const { t } = useTranslation('builder')
  const { t: flow } = useTranslation('flow')
  if (list.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('changes.none')}
      </Text>
    )
  }
  // A step that is gone has its name in the live automation alone.
  const nameOf = (id: string) => {
    const was = live.configuration.actions[id]
    const shown = describe(id).title
    return shown === id && was ? was.displayName || flow(`types.${was.type}`) : shown
  }
  const said = (c: Change): string => {
    switch (c.kind) {
      case 'name':
      case 'description':
        return t(`changes.${c.kind}`, { from: c.from, to: c.to })
      case 'status':
        return t(c.to === 'ACTIVE' ? 'changes.on' : 'changes.off')
      case 'added':
      case 'removed':
      case 'moved':
        return t(`changes.${c.kind}`, { step: nameOf(c.stepId) })
      case 'edited':
        return t('changes.edited', { step: nameOf(c.stepId), fields: c.fields.join(', ') })
      default:
        return t(`changes.${c.kind}`)
    }
  }
  return (
    <List size="sm" spacing={4}>
      {list.map((c) => (
        <List.Item key={JSON.stringify(c)}>{said(c)}</List.Item>
      ))}
    </List>
  )
}
