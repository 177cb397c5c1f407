import { Alert, Button, Group, MultiSelect, Stack, Text } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { CodeConditionInfo } from '@/features/flow/document'
import { readFormula, writeFormula } from '@/lib/formula/expression'
import { faultOf, notGiven } from '@/lib/script'
import { ScriptEditor } from '@/ui/code/ScriptEditor'
import { useForms } from './formula/FormsContext'
import { problemsIn } from './model/found'
import { Problems, saidOf, sentence } from './parts/Problems'

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
  // A value within a list has no path of its own: the code is given the list.
  const known = fields
    .filter((f) => !f.path.includes('['))
    .map((f) => ({ value: f.path, label: [...f.within, f.title].join(' › ') }))
  const data = [
    ...known,
    ...paths.filter((p) => !known.some((k) => k.value === p)).map((p) => ({ value: p, label: p })),
  ]
  const give = (list: string[]) =>
    onChange({
      ...info,
      dynamicVariableExpressions: list.map((p) =>
        p.includes('{{') ? p : writeFormula({ kind: 'field', path: p }),
      ),
    })
  const lacking = notGiven(
    info.snippet.code,
    paths,
    known.map((k) => k.value),
  )
  const said = saidOf(problemsIn(problems, 'codeConditionInfo.snippet'))
  const fault = useMemo(() => (said === undefined ? undefined : faultOf(said)), [said])
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
        onChange={give}
      />
      <ScriptEditor
        label={t('code.code')}
        description={t('code.codeHelp', { count: mostCode - [...info.snippet.code].length })}
        readOnly={readOnly}
        paths={data.filter((d) => paths.includes(d.value)).map((d) => ({ path: d.value, title: d.label }))}
        fault={fault}
        error={fault && (fault.line ? t('code.at', fault) : sentence(fault.message))}
        value={info.snippet.code}
        onChange={(code) => onChange({ ...info, snippet: { ...info.snippet, code } }, 'code')}
      />
      {lacking.length > 0 && !readOnly && (
        <Alert color="gray" p="sm">
          <Group justify="space-between" gap="xs">
            <Text size="sm">
              {t('code.lacking', {
                list: lacking.map((p) => known.find((k) => k.value === p)?.label ?? p),
              })}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => give([...paths, ...lacking])}>
              {t('code.giveIt')}
            </Button>
          </Group>
        </Alert>
      )}
      <Problems list={problemsIn(problems, 'codeConditionInfo.dynamicVariableExpressions')} />
    </Stack>
  )
}
