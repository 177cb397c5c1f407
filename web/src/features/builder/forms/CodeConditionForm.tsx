import { MultiSelect, Stack, Text, Textarea } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { CodeConditionInfo } from '@/features/flow/document'
import { readFormula, writeFormula } from '@/lib/formula/expression'
import { useForms } from './formula/FormsContext'
import { problemsIn } from './model/found'
import { Problems, saidOf } from './parts/Problems'

const mostCode = 1000

/** A condition in JavaScript, for what conditions by field cannot say. */
export function CodeConditionForm({
  value,
  onChange,
}: {
  value: CodeConditionInfo | undefined
  onChange: (next: CodeConditionInfo, key?: string) => void
}) {
  const { t } = useTranslation('forms')
  const { context, fields } = useForms()
  const { readOnly, problems } = context
  const info: CodeConditionInfo = value ?? { snippet: { language: 'JAVASCRIPT', code: '' } }
  const paths = (info.dynamicVariableExpressions ?? []).map((text) => {
    const e = readFormula(text)
    return e?.kind === 'field' ? e.path : text
  })
  const known = fields.map((f) => ({ value: f.path, label: [...f.within, f.title].join(' › ') }))
  const data = [
    ...known,
    ...paths.filter((p) => !known.some((k) => k.value === p)).map((p) => ({ value: p, label: p })),
  ]
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t('code.text')}
      </Text>
      <MultiSelect
        label={t('code.reads')}
        description={t('code.readsHelp')}
        searchable
        readOnly={readOnly}
        data={data}
        value={paths}
        onChange={(list) =>
          onChange({
            ...info,
            dynamicVariableExpressions: list.map((p) =>
              p.includes('{{') ? p : writeFormula({ kind: 'field', path: p }),
            ),
          })
        }
      />
      <Textarea
        label={t('code.code')}
        description={t('code.codeHelp', { left: mostCode - info.snippet.code.length })}
        placeholder={'export default function (payload) {\n  return payload.total > 100\n}'}
        autosize
        minRows={6}
        maxRows={24}
        maxLength={mostCode}
        spellCheck={false}
        dir="ltr"
        readOnly={readOnly}
        styles={{
          input: {
            fontFamily: 'var(--mantine-font-family-monospace)',
            fontSize: 'var(--mantine-font-size-xs)',
          },
        }}
        error={saidOf(problemsIn(problems, 'codeConditionInfo.snippet'))}
        value={info.snippet.code}
        onChange={(e) =>
          onChange({ ...info, snippet: { ...info.snippet, code: e.currentTarget.value } }, 'code')
        }
      />
      <Problems list={problemsIn(problems, 'codeConditionInfo.dynamicVariableExpressions')} />
    </Stack>
  )
}
