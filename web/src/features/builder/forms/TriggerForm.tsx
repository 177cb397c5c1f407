import { Divider, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Trigger } from '@/features/flow/document'
import { More } from '@/ui/More'
import { appOf, timeField, triggerOf } from '../model/catalog'
import type { EditorContext, OnChange } from '../model/context'
import { BuiltInTrigger } from './BuiltInTrigger'
import { FormsProvider } from './formula/FormsContext'
import { problemsIn } from './model/found'
import { withStart } from './model/start'
import { AmountField } from './parts/AmountField'
import { Limit } from './parts/Limit'
import { Section } from './parts/Section'
import { TimingEditor } from './TimingEditor'
import { TriggerFilters } from './TriggerFilters'
import { TriggerSettings } from './TriggerSettings'

/** How an automation begins, apart from which trigger it is: when, for which, how often. */
export function TriggerForm({
  value,
  onChange,
  context,
}: {
  value: Trigger
  onChange: OnChange<Trigger>
  context: EditorContext
}) {
  const { t } = useTranslation('forms')
  const declared = triggerOf(context.catalog, value)
  const builtIn = appOf(context.catalog, value.appId)?.builtIn === true
  const scheduled = !builtIn && timeField(declared) !== undefined
  const settings = declared?.automationConfigSchema
  const { skipWhenLater, rateLimit } = value
  return (
    <FormsProvider context={context}>
      <Stack gap="lg">
        {scheduled && (
          <>
            <TimingEditor
              onStart={(start, key) => {
                const delay = crypto.randomUUID()
                context.onAutomation?.((now) => withStart(now, start, delay), key)
              }}
            />
            <Divider />
          </>
        )}
        {builtIn && (
          <>
            <BuiltInTrigger value={value} onChange={onChange} />
            <Divider />
          </>
        )}
        {settings && (
          <>
            <TriggerSettings schema={settings} value={value} onChange={onChange} />
            <Divider />
          </>
        )}
        <TriggerFilters value={value} onChange={onChange} />
        <More label={t('more.trigger')} open={skipWhenLater !== undefined || rateLimit !== undefined}>
          <Stack gap="lg">
            <Section title={t('limit.title')} text={t('limit.text')}>
              <Limit
                value={
                  rateLimit && {
                    max: rateLimit.maxActivationsExpression,
                    duration: rateLimit.durationExpression,
                    unit: rateLimit.durationTimeUnit,
                    identifier: rateLimit.uniqueIdentifierExpression,
                  }
                }
                problems={problemsIn(context.problems, 'rateLimit')}
                onChange={(l, key) =>
                  onChange(({ rateLimit: _, ...rest }) => {
                    if (!l) return rest
                    return {
                      ...rest,
                      rateLimit: {
                        maxActivationsExpression: l.max,
                        ...(l.duration === undefined
                          ? {}
                          : { durationExpression: l.duration, durationTimeUnit: l.unit ?? 'DAYS' }),
                        ...(l.identifier === undefined ? {} : { uniqueIdentifierExpression: l.identifier }),
                      },
                    }
                  }, key)
                }
                optional
              />
            </Section>
            <Section title={t('late.title')} text={t('late.text')}>
              <AmountField
                label={t('late.label')}
                value={skipWhenLater?.durationExpression}
                unit={skipWhenLater?.durationTimeUnit ?? 'HOURS'}
                optional
                onChange={(expression) =>
                  onChange(({ skipWhenLater: old, ...rest }) => {
                    if (expression === undefined) return rest
                    return {
                      ...rest,
                      skipWhenLater: {
                        durationExpression: expression,
                        durationTimeUnit: old?.durationTimeUnit ?? 'HOURS',
                      },
                    }
                  }, 'skipWhenLater')
                }
                onUnit={(unit) =>
                  onChange((old) => ({
                    ...old,
                    skipWhenLater: {
                      durationExpression: old.skipWhenLater?.durationExpression ?? '{{1}}',
                      durationTimeUnit: unit,
                    },
                  }))
                }
              />
            </Section>
          </Stack>
        </More>
      </Stack>
    </FormsProvider>
  )
}
