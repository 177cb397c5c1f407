import {
  Alert,
  Button,
  Collapse,
  Drawer,
  Group,
  SegmentedControl,
  Select,
  Skeleton,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { RJSFSchema } from '@rjsf/utils'
import { IconBolt } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { actingApp } from '@/app/actingApp'
import { placeOf, useSession } from '@/app/session'
import { ask, siteApi } from '@/lib/api/client'
import { isGuid } from '@/lib/guid'
import { parseObject } from '@/lib/json'
import { examplePayload } from '@/lib/schema/example'
import type { JsonSchema } from '@/lib/schema/schema'
import { JsonEditor } from '@/ui/code/JsonEditor'
import { notify } from '@/ui/notify'
import { Problem } from '@/ui/Problem'
import { Refused } from '@/ui/Refused'
import { allSites, triggerOf } from '../model/filters'
import type { Call } from '../model/snippets'
import { type Trigger, triggersQuery } from '../queries'
import { SnippetOf } from './Snippets'

const PayloadForm = lazy(() => import('./PayloadForm'))

type Props = {
  /** Where it is reported; where that is all sites, one is asked for. */
  site: string
  /** The trigger to begin with, "APP/key". */
  begin?: string
  /** What the payload begins as; the trigger's example where it is left out. */
  payload?: unknown
  entity?: string
  opened: boolean
  onClose: () => void
}

/** Reports an event by hand: a form made of the trigger's schema, or JSON. */
export function ReportDrawer({ opened, onClose, ...rest }: Props) {
  const { t } = useTranslation('explorer')
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={t('form.title')}
      position="right"
      size="lg"
      closeButtonProps={{ 'aria-label': t('close', { ns: 'app' }) }}
    >
      <ReportForm key={rest.begin} {...rest} onClose={onClose} />
    </Drawer>
  )
}

function ReportForm({ site, ...rest }: Omit<Props, 'opened'>) {
  const { t } = useTranslation('explorer')
  const { sites } = useSession()
  const [chosen, setChosen] = useState<string | null>(null)
  if (site !== allSites) return <OnSite site={site} {...rest} />
  return (
    <Stack>
      <Select
        label={t('site')}
        placeholder={t('form.chooseSite')}
        data={sites.map((s) => ({ value: s.id, label: s.name }))}
        value={chosen}
        onChange={setChosen}
        searchable={sites.length > 8}
        limit={100}
        allowDeselect={false}
        data-autofocus
      />
      {chosen && <OnSite key={chosen} site={chosen} {...rest} />}
    </Stack>
  )
}

function OnSite({ site, begin, payload, entity, onClose }: Omit<Props, 'opened'>) {
  const { t } = useTranslation('explorer')
  const app = actingApp(useSession(), triggerOf(begin)?.appId)
  const triggers = useQuery(triggersQuery(site, app))
  const list = triggers.data
  const [chosen, setChosen] = useState(begin)
  const one = list?.find(
    (x) => `${x.appId}/${x.triggerKey}` === (chosen ?? (list.length === 1 ? first(list) : '')),
  )
  if (triggers.isError) return <Problem error={triggers.error} again={() => void triggers.refetch()} />
  if (!list) return <Skeleton h={200} />
  if (list.length === 0) return <Text c="dimmed">{t('form.noTriggers')}</Text>
  return (
    <Stack>
      <Select
        label={t('form.trigger')}
        placeholder={t('form.chooseTrigger')}
        data={list.map((x) => ({ value: `${x.appId}/${x.triggerKey}`, label: x.displayName }))}
        value={one ? `${one.appId}/${one.triggerKey}` : null}
        onChange={(value) => value && setChosen(value)}
        searchable
        data-autofocus
        allowDeselect={false}
      />
      {one && (
        // What stands below the form waits for it, so that nothing is pushed away.
        <Suspense fallback={<Skeleton h={220} />}>
          <Under
            key={`${one.appId}/${one.triggerKey}`}
            trigger={one}
            site={site}
            payload={chosen === begin ? payload : undefined}
            entity={entity}
            onClose={onClose}
          />
        </Suspense>
      )}
    </Stack>
  )
}

function first(list: Trigger[]): string {
  return list[0] ? `${list[0].appId}/${list[0].triggerKey}` : ''
}

type UnderProps = { trigger: Trigger; site: string; payload?: unknown; entity?: string; onClose: () => void }

function Under({ trigger, site, payload, entity: given, onClose }: UnderProps) {
  const { t } = useTranslation('explorer')
  const { i18n } = useTranslation()
  const place = placeOf(useSession(), site, i18n.language)
  const schema = trigger.payloadDataSchema as RJSFSchema
  const [asJSON, setAsJSON] = useState(false)
  const [source, setSource] = useState(() =>
    JSON.stringify(payload ?? examplePayload(schema as JsonSchema, new Date()), null, 2),
  )
  const [entity, setEntity] = useState(() => given ?? crypto.randomUUID())
  const [key, setKey] = useState('')
  const [program, { toggle }] = useDisclosure(false)
  const value = useMemo(() => parseObject(source), [source])
  const report = useReport(site, actingApp(useSession(), trigger.appId), onClose)
  useEffect(() => {
    if (!value) setAsJSON(true)
  }, [value])
  const call: Call = {
    kind: 'report',
    url: window.location.origin,
    site,
    app: trigger.appId,
    trigger: trigger.triggerKey,
    entity: entity.trim(),
    idempotencyKey: key.trim(),
    payload: value ?? {},
  }
  return (
    <>
      <Group justify="space-between" align="flex-end">
        <Text fw={600}>{t('form.payload')}</Text>
        <SegmentedControl
          size="xs"
          aria-label={t('form.payload')}
          value={asJSON ? 'json' : 'form'}
          onChange={(v) => setAsJSON(v === 'json')}
          disabled={!value}
          data={[
            { value: 'form', label: t('form.asForm') },
            { value: 'json', label: t('form.asJSON') },
          ]}
        />
      </Group>
      {asJSON || !value ? (
        <JsonEditor
          label={t('form.payload')}
          value={source}
          onChange={setSource}
          error={value ? undefined : t('form.notJSON')}
        />
      ) : (
        <PayloadForm
          schema={schema}
          value={value}
          place={place}
          onChange={(v) => setSource(JSON.stringify(v, null, 2))}
        />
      )}
      <TextInput
        label={t('form.entity')}
        description={t('form.entityHelp')}
        value={entity}
        onChange={(e) => setEntity(e.currentTarget.value)}
        error={entity !== '' && !isGuid(entity) ? ' ' : undefined}
        rightSectionWidth={130}
        rightSection={
          <Button size="compact-xs" variant="subtle" onClick={() => setEntity(crypto.randomUUID())}>
            {t('form.makeEntity')}
          </Button>
        }
      />
      <TextInput
        label={t('form.key')}
        description={t('form.keyHelp')}
        value={key}
        maxLength={80}
        onChange={(e) => setKey(e.currentTarget.value)}
      />
      {report.isError && <Refused error={report.error} />}
      <Alert color="yellow" variant="light" icon={<IconBolt />} p="xs">
        <Text size="sm">{t('form.real')}</Text>
      </Alert>
      <Group justify="space-between">
        <Button variant="subtle" size="sm" onClick={toggle} aria-expanded={program}>
          {t('form.snippet')}
        </Button>
        <Button
          onClick={() => report.mutate(call)}
          loading={report.isPending}
          disabled={!value || (entity !== '' && !isGuid(entity))}
        >
          {t('form.send')}
        </Button>
      </Group>
      <Collapse expanded={program}>
        <SnippetOf calls={[call]} />
      </Collapse>
    </>
  )
}

function useReport(site: string, app: string | undefined, onClose: () => void) {
  const { t } = useTranslation('explorer')
  const client = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (call: Call) =>
      ask(
        siteApi(site, app).POST('/automations/v1/events/report', {
          body: {
            triggerKey: call.trigger,
            appId: call.app,
            externalEntityId: call.entity || undefined,
            idempotency:
              call.kind === 'report' && call.idempotencyKey ? { key: call.idempotencyKey } : undefined,
            payload: call.kind === 'report' ? call.payload : undefined,
          },
        }),
      ),
    onSuccess: async (done) => {
      if (done.repeated) void notify({ message: t('form.repeated') })
      void client.invalidateQueries({ queryKey: ['events', site] })
      onClose()
      await navigate({ to: '/dev/events/$site/$id', params: { site, id: done.eventId } })
    },
  })
}
