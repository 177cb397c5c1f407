import { Alert, Divider, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Action } from '@/features/flow/document'
import { More } from '@/ui/More'
import { actionOf, appOf } from '../model/catalog'
import type { EditorContext, OnChange } from '../model/context'
import { CodeConditionForm } from './CodeConditionForm'
import { DelayForm } from './DelayForm'
import { FormsProvider, useForms } from './formula/FormsContext'
import { FormulaField } from './formula/FormulaField'
import { InputForm } from './InputForm'
import { problemsIn } from './model/found'
import { withField } from './model/inputs'
import { ConditionGroups } from './parts/ConditionGroups'
import { Limit } from './parts/Limit'
import { Section } from './parts/Section'
import { SplitForm } from './SplitForm'
import { VariablesForm } from './VariablesForm'

type Props = { value: Action; onChange: OnChange<Action>; context: EditorContext }

/** How one step is set up, whatever its type. */
export function StepForm({ value, onChange, context }: Props) {
  return (
    <FormsProvider context={context} key={context.stepId}>
      <Stack gap="lg">
        <Own value={value} onChange={onChange} />
        <SeldomUsed value={value} onChange={onChange} />
      </Stack>
    </FormsProvider>
  )
}

type Part = Omit<Props, 'context'>

/** What is asked of the step's type. */
function Own({ value, onChange }: Part) {
  const { t } = useTranslation('forms')
  const { context } = useForms()
  switch (value.type) {
    case 'APP_DEFINED':
      return <AppDefined value={value} onChange={onChange} />
    case 'CONDITION': {
      const info = value.conditionInfo ?? { orExpressionGroups: [] }
      return (
        <ConditionGroups
          value={info.orExpressionGroups}
          place="conditionInfo.orExpressionGroups"
          lead={t('condition.goOn')}
          onChange={(groups, key) =>
            onChange((now) => ({ ...now, conditionInfo: { ...info, orExpressionGroups: groups } }), key)
          }
        />
      )
    }
    case 'CODE_CONDITION':
      return (
        <CodeConditionForm
          value={value.codeConditionInfo}
          onChange={(info, key) => onChange((now) => ({ ...now, codeConditionInfo: info }), key)}
        />
      )
    case 'DELAY':
      return (
        <DelayForm
          value={value.delayInfo ?? {}}
          onChange={(info, key) => onChange((now) => ({ ...now, delayInfo: info }), key)}
        />
      )
    case 'RATE_LIMIT': {
      const {
        maxActivationsExpression: max,
        rateLimitDurationExpression: duration,
        rateLimitDurationTimeUnit: unit,
        uniqueIdentifierExpression: identifier,
        ...links
      } = value.rateLimitInfo ?? {
        maxActivationsExpression: '{{1}}',
      }
      return (
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {t('limit.step')}
          </Text>
          <Limit
            value={{ max, duration, unit, identifier }}
            problems={problemsIn(context.problems, 'rateLimitInfo')}
            onChange={(l, key) =>
              l &&
              onChange(
                (now) => ({
                  ...now,
                  rateLimitInfo: {
                    ...links,
                    maxActivationsExpression: l.max,
                    ...(l.duration === undefined
                      ? {}
                      : {
                          rateLimitDurationExpression: l.duration,
                          rateLimitDurationTimeUnit: l.unit ?? 'DAYS',
                        }),
                    ...(l.identifier === undefined ? {} : { uniqueIdentifierExpression: l.identifier }),
                  },
                }),
                key,
              )
            }
          />
        </Stack>
      )
    }
    case 'SET_VARIABLES':
      return (
        <VariablesForm
          value={value.setVariablesInfo}
          onChange={(info, key) => onChange((now) => ({ ...now, setVariablesInfo: info }), key)}
        />
      )
    case 'SPLIT':
      return (
        <SplitForm
          value={value.splitInfo?.paths ?? []}
          onChange={(paths, key) =>
            onChange((now) => ({ ...now, splitInfo: { ...now.splitInfo, paths } }), key)
          }
        />
      )
    case 'MERGE':
      return (
        <Text size="sm" c="dimmed">
          {t('step.merge')}
        </Text>
      )
    default:
      return (
        <Text size="sm" c="dimmed">
          {t('step.output')}
        </Text>
      )
  }
}

function AppDefined({ value, onChange }: Part) {
  const { t } = useTranslation('forms')
  const { context } = useForms()
  const info = value.appDefinedInfo
  const declared = actionOf(context.catalog, value)
  if (!info || !declared) return <Alert color="yellow">{t('step.gone')}</Alert>
  return (
    <Stack gap="md">
      {declared.description && (
        <Text size="sm" c="dimmed">
          {declared.description}
        </Text>
      )}
      <InputForm
        schema={declared.inputSchema}
        value={info.inputMapping ?? {}}
        builtIn={appOf(context.catalog, info.appId)?.builtIn === true}
        actionKey={declared.actionKey}
        place="appDefinedInfo.inputMapping"
        onField={(name, next, key) =>
          onChange(({ appDefinedInfo: now = info, ...step }) => {
            const inputMapping = withField(now.inputMapping ?? {}, name, next)
            return { ...step, appDefinedInfo: { ...now, inputMapping } }
          }, key)
        }
      />
    </Stack>
  )
}

/** What every step has, and few need. */
function SeldomUsed({ value, onChange }: Part) {
  const { t } = useTranslation('forms')
  const { context } = useForms()
  const { readOnly, problems } = context
  const { skipActionExpression: skip, continueOnFailure, appDefinedInfo: info } = value
  const used =
    skip !== undefined ||
    continueOnFailure === true ||
    (info?.skipConditionOrExpressionGroups ?? []).length > 0
  const always = skip?.trim() === '{{true}}'
  const skipWhen = (expression: string, key?: string) =>
    onChange(
      ({ skipActionExpression: _, ...rest }) =>
        expression === '' ? rest : { ...rest, skipActionExpression: expression },
      key,
    )
  return (
    <>
      <Divider />
      <div>
        <More label={t('more.step')} open={used}>
          <Stack gap="md" mt="md">
            <TextInput
              label={t('more.name')}
              description={t('more.nameHelp')}
              maxLength={60}
              readOnly={readOnly}
              value={value.displayName ?? ''}
              onChange={(e) => {
                const name = e.currentTarget.value
                onChange(
                  ({ displayName: _, ...rest }) => (name === '' ? rest : { ...rest, displayName: name }),
                  'displayName',
                )
              }}
            />
            {value.type === 'APP_DEFINED' && (
              <Switch
                label={t('more.continue')}
                description={t('more.continueHelp')}
                checked={continueOnFailure === true}
                disabled={readOnly}
                onChange={(e) => {
                  const on = e.currentTarget.checked
                  onChange(({ continueOnFailure: _, ...rest }) =>
                    on ? { ...rest, continueOnFailure: true } : rest,
                  )
                }}
              />
            )}
            <Section title={t('skip.title')} text={t('skip.text')}>
              <Switch
                label={t('skip.always')}
                checked={always}
                disabled={readOnly}
                onChange={(e) => skipWhen(e.currentTarget.checked ? '{{true}}' : '')}
              />
              {!always && info && (
                <ConditionGroups
                  optional
                  value={info.skipConditionOrExpressionGroups ?? []}
                  place="appDefinedInfo.skipConditionOrExpressionGroups"
                  lead={t('skip.lead')}
                  onChange={(groups, key) =>
                    onChange(({ appDefinedInfo = info, ...step }) => {
                      const { skipConditionOrExpressionGroups: _, ...rest } = appDefinedInfo
                      const some = groups.length > 0 ? { skipConditionOrExpressionGroups: groups } : {}
                      return { ...step, appDefinedInfo: { ...rest, ...some } }
                    }, key)
                  }
                />
              )}
              {!always && (!info || skip !== undefined) && (
                <FormulaField
                  label={t('skip.when')}
                  value={skip ?? ''}
                  use="CONDITION"
                  problems={problemsIn(problems, 'skipActionExpression')}
                  onChange={(text) => skipWhen(text, 'skip')}
                />
              )}
            </Section>
          </Stack>
        </More>
      </div>
    </>
  )
}
