import { Anchor, Button, Checkbox, Fieldset, Group, Stack, Switch, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowLeft } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask } from '@/lib/api/client'
import { Confirm } from '@/ui/Confirm'
import { JsonEditor } from '@/ui/code/JsonEditor'
import { notify } from '@/ui/notify'
import { keyOf } from './model/key'
import { parseSchema } from './model/properties'
import { Refused } from './parts/Refused'
import { SchemaEditor } from './parts/SchemaEditor'
import type { Trigger } from './queries'

type Props = { app: string; trigger: Trigger | undefined; onClose: () => void }

const blank = {
  type: 'object',
  properties: { name: { type: 'string', title: 'Name', examples: ['Ada'] } },
}

const methods = ['refreshPayload', 'getDynamicSchema', 'validateConfiguration'] as const

/** A trigger to declare anew or to change. */
export function TriggerEditor({ app, trigger, onClose }: Props) {
  const { t } = useTranslation('developer')
  const client = useQueryClient()
  const [name, setName] = useState(trigger?.displayName ?? '')
  const [key, setKey] = useState(trigger?.triggerKey ?? '')
  const [ownKey, setOwnKey] = useState(false)
  const [schema, setSchema] = useState(() => JSON.stringify(trigger?.payloadSchema ?? blank, null, 2))
  const [filters, setFilters] = useState(() =>
    trigger?.filters === undefined ? '' : JSON.stringify(trigger.filters, null, 2),
  )
  const [hidden, setHidden] = useState(trigger?.hidden ?? false)
  const [baseUrl, setBaseUrl] = useState(trigger?.baseUrl ?? '')
  const [answers, setAnswers] = useState(trigger?.implementedMethods ?? {})
  const [deleting, del] = useDisclosure(false)
  const path = { appId: app, triggerKey: trigger?.triggerKey ?? key }
  const done = () => {
    void client.invalidateQueries({ queryKey: ['app', app, 'triggers'] })
    onClose()
  }
  const save = useMutation({
    mutationFn: () =>
      ask(
        api.PUT('/belay/v1/apps/{appId}/triggers/{triggerKey}', {
          params: { path },
          body: {
            displayName: name.trim(),
            payloadSchema: JSON.parse(schema),
            filters: filters.trim() === '' ? undefined : JSON.parse(filters),
            hidden,
            baseUrl: baseUrl.trim() || undefined,
            implementedMethods: answers,
          },
        }),
      ),
    onSuccess: () => {
      void notify({ message: t('saved') })
      done()
    },
  })
  const remove = useMutation({
    mutationFn: () => ask(api.DELETE('/belay/v1/apps/{appId}/triggers/{triggerKey}', { params: { path } })),
    onSuccess: done,
    onError: del.close,
  })
  const readable = parseSchema(schema) !== undefined && isList(filters)
  const submit = (e: FormEvent) => {
    e.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <div>
          <Anchor component="button" type="button" size="sm" onClick={onClose}>
            <IconArrowLeft size={14} aria-hidden /> {t('trigger.back')}
          </Anchor>
          <Title order={2}>{trigger?.displayName ?? t('trigger.newTitle')}</Title>
        </div>
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <TextInput
            label={t('trigger.name')}
            description={t('trigger.nameHelp')}
            value={name}
            maxLength={80}
            required
            miw={240}
            onChange={(e) => {
              setName(e.currentTarget.value)
              if (!trigger && !ownKey) setKey(keyOf(e.currentTarget.value))
            }}
          />
          <TextInput
            label={t('trigger.key')}
            description={t('trigger.keyHelp')}
            value={key}
            maxLength={100}
            required
            miw={240}
            readOnly={!!trigger}
            variant={trigger ? 'filled' : 'default'}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            onChange={(e) => {
              setOwnKey(true)
              setKey(e.currentTarget.value)
            }}
          />
        </Group>
        <SchemaEditor legend={t('trigger.payload')} value={schema} onChange={setSchema} of="TRIGGER" />
        <Fieldset legend={t('trigger.filters')}>
          <JsonEditor
            label={t('trigger.filters')}
            description={t('trigger.filtersHelp')}
            value={filters}
            onChange={setFilters}
            minHeight="6rem"
          />
        </Fieldset>
        <Fieldset legend={t('trigger.methods')}>
          <Stack gap="xs">
            {methods.map((method) => (
              <Checkbox
                key={method}
                label={t(`trigger.${method}`)}
                checked={answers[method] ?? false}
                onChange={(e) => setAnswers({ ...answers, [method]: e.currentTarget.checked })}
              />
            ))}
            <TextInput
              label={t('trigger.baseUrl')}
              description={t('trigger.baseUrlHelp')}
              value={baseUrl}
              maxLength={256}
              type="url"
              onChange={(e) => setBaseUrl(e.currentTarget.value)}
            />
          </Stack>
        </Fieldset>
        <Switch
          label={t('trigger.hide')}
          checked={hidden}
          onChange={(e) => setHidden(e.currentTarget.checked)}
        />
        {save.isError && <Refused error={save.error} />}
        {remove.isError && <Refused error={remove.error} />}
        <Group justify="space-between">
          {trigger ? (
            <Button variant="subtle" color="red" onClick={del.open}>
              {t('remove')}
            </Button>
          ) : (
            <span />
          )}
          <Group>
            <Button variant="default" onClick={onClose}>
              {t('cancel', { ns: 'app' })}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!readable || !name.trim() || !key}>
              {t('save')}
            </Button>
          </Group>
        </Group>
      </Stack>
      <Confirm
        opened={deleting}
        title={t('trigger.delete')}
        act={t('remove')}
        danger
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={del.close}
      >
        {t('trigger.deleteText', { name })}
      </Confirm>
    </form>
  )
}

function isList(source: string): boolean {
  if (source.trim() === '') return true
  try {
    return Array.isArray(JSON.parse(source))
  } catch {
    return false
  }
}
