import { Alert, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Trigger } from '@/features/flow/document'
import type { JsonObject } from '@/lib/json'
import { CopyButton } from '@/ui/CopyButton'
import { MomentInput } from '@/ui/moment/MomentInput'
import { triggerOf } from '../model/catalog'
import type { OnChange } from '../model/context'
import { useForms } from './formula/FormsContext'
import { problemsIn } from './model/found'
import { type Repeats, readSchedule, type Schedule, writeSchedule } from './model/schedule'
import { Problems } from './parts/Problems'
import { Section } from './parts/Section'

/** What a trigger that every site has needs to know: a calendar, an address, a name. */
export function BuiltInTrigger({ value, onChange }: { value: Trigger; onChange: OnChange<Trigger> }) {
  const { t } = useTranslation('forms')
  const { context } = useForms()
  const key = triggerOf(context.catalog, value)?.triggerKey
  const mapping = value.automationConfigMapping ?? {}
  const set = (next: JsonObject, key?: string) =>
    onChange((now) => ({ ...now, automationConfigMapping: next }), key)
  const problems = <Problems list={problemsIn(context.problems, 'automationConfigMapping')} />
  switch (key) {
    case 'schedule':
      return (
        <Section title={t('schedule.title')}>
          <Calendar
            value={readSchedule(mapping)}
            onChange={(s) => set(writeSchedule(s, mapping), 'schedule')}
          />
          {problems}
        </Section>
      )
    case 'webhook':
      return (
        <Section title={t('webhook.title')} text={t('webhook.text')}>
          <Webhook mapping={mapping} onChange={set} />
          {problems}
        </Section>
      )
    case 'custom':
      return (
        <Section title={t('custom.title')} text={t('custom.text')}>
          <TextInput
            label={t('custom.name')}
            description={t('custom.nameHelp')}
            maxLength={100}
            readOnly={context.readOnly}
            value={typeof mapping.hookId === 'string' ? mapping.hookId : ''}
            onChange={(e) => set({ ...mapping, hookId: e.currentTarget.value }, 'hookId')}
          />
          {problems}
        </Section>
      )
  }
  return null
}

function Webhook({ mapping, onChange }: { mapping: JsonObject; onChange: (next: JsonObject) => void }) {
  const { t } = useTranslation('forms')
  const { siteId, readOnly } = useForms().context
  const id = typeof mapping.webhookId === 'string' ? mapping.webhookId : ''
  useEffect(() => {
    // The address is a secret that nobody should have to think up.
    if (id === '' && !readOnly) onChange({ ...mapping, webhookId: crypto.randomUUID() })
  }, [id, readOnly, mapping, onChange])
  const address = `${location.origin}/belay/v1/webhooks/${siteId}/${id}`
  return (
    <Stack gap="xs">
      <Group gap="xs" align="end" wrap="nowrap">
        <TextInput
          label={t('webhook.address')}
          readOnly
          value={address}
          flex={1}
          onFocus={(e) => e.currentTarget.select()}
        />
        <CopyButton value={address} />
      </Group>
      <Alert variant="light" color="yellow">
        {t('webhook.secret')}
      </Alert>
    </Stack>
  )
}

const repeats: Repeats['every'][] = ['never', 'day', 'week', 'month', 'cron']

function Calendar({ value, onChange }: { value: Schedule; onChange: (s: Schedule) => void }) {
  const { t } = useTranslation('forms')
  const { readOnly, site } = useForms().context
  const { repeat } = value
  return (
    <Stack gap="sm">
      <MomentInput
        kind="dateTime"
        locale={site.locale}
        label={t('schedule.start')}
        description={t('timing.zone', { zone: site.timeZone })}
        readOnly={readOnly}
        value={value.start}
        onChange={(start) => onChange({ ...value, start })}
      />
      <Select
        label={t('schedule.repeats')}
        allowDeselect={false}
        readOnly={readOnly}
        data={repeats.map((r) => ({ value: r, label: t(`schedule.${r}`) }))}
        value={repeat.every}
        onChange={(every) => every && onChange({ ...value, repeat: begun(every as Repeats['every']) })}
      />
      {(repeat.every === 'day' || repeat.every === 'week' || repeat.every === 'month') && (
        <NumberInput
          label={t(`schedule.each_${repeat.every}`)}
          w={220}
          min={1}
          max={366}
          allowDecimal={false}
          readOnly={readOnly}
          value={repeat.n}
          onChange={(n) => typeof n === 'number' && onChange({ ...value, repeat: { ...repeat, n } })}
        />
      )}
      {repeat.every === 'cron' && (
        <TextInput
          label={t('schedule.cronLabel')}
          description={t('schedule.cronHelp')}
          placeholder="0 9 * * 1-5"
          readOnly={readOnly}
          value={repeat.cron}
          onChange={(e) => onChange({ ...value, repeat: { ...repeat, cron: e.currentTarget.value } })}
        />
      )}
      {repeat.every !== 'never' && (
        <MomentInput
          kind="date"
          locale={site.locale}
          label={t('schedule.until')}
          description={t('schedule.untilHelp')}
          readOnly={readOnly}
          value={value.until}
          onChange={(until) => onChange({ ...value, until })}
        />
      )}
      {value.start === '' && (
        <Text size="xs" c="dimmed">
          {t('schedule.choose')}
        </Text>
      )}
    </Stack>
  )
}

function begun(every: Repeats['every']): Repeats {
  switch (every) {
    case 'never':
      return { every }
    case 'cron':
      return { every, cron: '0 9 * * 1-5' }
    default:
      return { every, n: 1 }
  }
}
