import { Card, Group, SegmentedControl, Select, Skeleton, Stack, Text } from '@mantine/core'
import type { RJSFSchema } from '@rjsf/utils'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { parseObject } from '@/lib/json'
import { examplePayload } from '@/lib/schema/example'
import type { JsonSchema } from '@/lib/schema/schema'
import { formatDateTime, type Place } from '@/lib/time'
import { JsonEditor } from '@/ui/code/JsonEditor'
import { MomentInput } from '@/ui/moment/MomentInput'
import { gist, type Source, type TriggerRef } from './model'
import { pastQuery, triggersQuery } from './queries'

const PayloadForm = lazy(() => import('@/features/explorer/parts/PayloadForm'))

type Props = {
  site: string
  trigger: TriggerRef
  place: Place
  source: Source
  onSource: (source: Source) => void
  onOwn: (payload: Record<string, unknown> | undefined) => void
  past?: string
  onPast: (id: string) => void
  /** What the field of the moment holds. */
  when: string
  onWhen: (when: string) => void
}

/** Chooses what is looked at: an example, values of one's own, or something that happened; and the moment. */
export function Payload({
  site,
  trigger,
  place,
  source,
  onSource,
  onOwn,
  past,
  onPast,
  when,
  onWhen,
}: Props) {
  const { t } = useTranslation('preview')
  return (
    <Card withBorder>
      <Group justify="space-between" align="flex-end" gap="md">
        <SegmentedControl
          aria-label={t('source.label')}
          value={source}
          onChange={(v) => onSource(v as Source)}
          data={(['example', 'own', 'past'] as const).map((value) => ({
            value,
            label: t(`source.${value}`),
          }))}
        />
        <MomentInput
          kind="dateTime"
          locale={place.locale}
          label={t('when')}
          value={when}
          onChange={onWhen}
          w={{ base: '100%', xs: 250 }}
        />
      </Group>
      {source === 'example' && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('source.exampleText')}
        </Text>
      )}
      {source === 'own' && <Own site={site} trigger={trigger} place={place} onOwn={onOwn} />}
      {source === 'past' && <Past site={site} trigger={trigger} place={place} past={past} onPast={onPast} />}
    </Card>
  )
}

function Own({ site, trigger, place, onOwn }: Pick<Props, 'site' | 'trigger' | 'place' | 'onOwn'>) {
  const { t } = useTranslation('preview')
  const triggers = useQuery(triggersQuery(site)).data
  const declared = triggers?.find((x) => x.appId === trigger.appId && x.triggerKey === trigger.triggerKey)
  const schema = declared?.payloadDataSchema as RJSFSchema | undefined
  const [written, setWritten] = useState<string>()
  const [asJSON, setAsJSON] = useState(false)
  const source =
    written ??
    (triggers ? JSON.stringify(examplePayload(schema as JsonSchema | undefined, new Date()), null, 2) : '')
  const value = parseObject(source)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text says all there is to say of the value
  useEffect(() => onOwn(value), [source])
  if (!triggers) return <Skeleton h={200} mt="md" />
  const json = asJSON || !value || !schema
  return (
    <Stack gap="sm" mt="md">
      <Group justify="space-between">
        <Text fw={600} size="sm">
          {t('own.title')}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t('own.title')}
          value={json ? 'json' : 'form'}
          onChange={(v) => setAsJSON(v === 'json')}
          disabled={!value || !schema}
          data={[
            { value: 'form', label: t('own.form') },
            { value: 'json', label: 'JSON' },
          ]}
        />
      </Group>
      {json ? (
        <JsonEditor
          label={t('own.title')}
          value={source}
          onChange={setWritten}
          error={value ? undefined : t('own.notJSON')}
        />
      ) : (
        <Suspense fallback={<Skeleton h={220} />}>
          <PayloadForm
            schema={schema}
            value={value}
            place={place}
            onChange={(v) => setWritten(JSON.stringify(v, null, 2))}
          />
        </Suspense>
      )}
    </Stack>
  )
}

function Past({
  site,
  trigger,
  place,
  past,
  onPast,
}: Pick<Props, 'site' | 'trigger' | 'place' | 'past' | 'onPast'>) {
  const { t } = useTranslation('preview')
  const list = useQuery(pastQuery(site, trigger))
  const first = list.data?.[0]?.id
  useEffect(() => {
    if (!past && first) onPast(first)
  }, [past, first, onPast])
  if (list.isError)
    return (
      <Text size="sm" mt="md">
        {t('past.failed')}
      </Text>
    )
  if (!list.data) return <Skeleton h={60} mt="md" />
  if (list.data.length === 0)
    return (
      <Text size="sm" c="dimmed" mt="md">
        {t('past.none')}
      </Text>
    )
  return (
    <Select
      mt="md"
      label={t('past.label')}
      data={list.data.map((e) => ({
        value: e.id,
        label: [formatDateTime(new Date(e.reportedDate), place), gist(e.payload)].filter(Boolean).join(' · '),
      }))}
      value={past ?? null}
      onChange={(v) => v && onPast(v)}
      allowDeselect={false}
      searchable
    />
  )
}
