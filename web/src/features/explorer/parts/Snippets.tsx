import { Group, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Source } from '@/ui/code/Source'
import { type Call, type Language, languages, snippet } from '../model/snippets'
import { Section } from './Section'

const names: Record<Language, string> = { curl: 'curl', go: 'Go', typescript: 'TypeScript' }

/** The same calls as programs make them. */
export function Snippets({ calls }: { calls: Call[] }) {
  const { t } = useTranslation('explorer')
  return (
    <Section title={t('snippet.title')} about={t('snippet.about')}>
      <SnippetOf calls={calls} />
    </Section>
  )
}

/** Source to copy, in the language that is chosen. */
export function SnippetOf({ calls }: { calls: Call[] }) {
  const { t } = useTranslation('explorer')
  const [language, setLanguage] = useState<Language>('curl')
  const [kind, setKind] = useState<Call['kind']>('report')
  const call = calls.find((c) => c.kind === kind) ?? calls[0]
  if (!call) return null
  return (
    <>
      <Group mb="xs" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t('snippet.title')}
          value={language}
          onChange={(value) => setLanguage(value as Language)}
          data={languages.map((l) => ({ value: l, label: names[l] }))}
        />
        {calls.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label={t('snippet.report')}
            value={call.kind}
            onChange={(value) => setKind(value as Call['kind'])}
            data={calls.map((c) => ({ value: c.kind, label: t(`snippet.${c.kind}`) }))}
          />
        )}
      </Group>
      <Source value={snippet(call, language)} label={names[language]} copyLabel={t('snippet.copy')} />
    </>
  )
}
