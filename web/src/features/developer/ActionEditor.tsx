import { Anchor, Button, Checkbox, Fieldset, Group, Stack, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowLeft } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask } from '@/lib/api/client'
import { Confirm } from '@/ui/Confirm'
import { notify } from '@/ui/notify'
import { keyOf } from './model/key'
import { parseSchema } from './model/properties'
import { Refused } from './parts/Refused'
import { SchemaEditor } from './parts/SchemaEditor'
import type { Action } from './queries'

type Props = { app: string; action: Action | undefined; onClose: () => void }

const blank = { type: 'object', properties: { text: { type: 'string', title: 'Text' } } }
const methods = ['validateConfiguration', 'quotaInfo'] as const

/** An action to declare anew or to change. */
export function ActionEditor({ app, action, onClose }: Props) {
  const { t } = useTranslation('developer')
  const client = useQueryClient()
  const [name, setName] = useState(action?.displayName ?? '')
  const [key, setKey] = useState(action?.actionKey ?? '')
  const [ownKey, setOwnKey] = useState(false)
  const [input, setInput] = useState(() => JSON.stringify(action?.inputSchema ?? blank, null, 2))
  const [output, setOutput] = useState(() =>
    action?.outputSchema === undefined ? '' : JSON.stringify(action.outputSchema, null, 2),
  )
  const [baseUrl, setBaseUrl] = useState(action?.baseUrl ?? '')
  const [answers, setAnswers] = useState(action?.implementedMethods ?? {})
  const [deleting, del] = useDisclosure(false)
  const path = { appId: app, actionKey: action?.actionKey ?? key }
  const done = () => {
    void client.invalidateQueries({ queryKey: ['app', app, 'actions'] })
    onClose()
  }
  const save = useMutation({
    mutationFn: () =>
      ask(
        api.PUT('/belay/v1/apps/{appId}/actions/{actionKey}', {
          params: { path },
          body: {
            displayName: name.trim(),
            inputSchema: JSON.parse(input),
            outputSchema: output.trim() === '' ? undefined : JSON.parse(output),
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
    mutationFn: () => ask(api.DELETE('/belay/v1/apps/{appId}/actions/{actionKey}', { params: { path } })),
    onSuccess: done,
    onError: del.close,
  })
  const readable =
    parseSchema(input) !== undefined && (output.trim() === '' || parseSchema(output) !== undefined)
  const submit = (e: FormEvent) => {
    e.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <div>
          <Anchor component="button" type="button" size="sm" onClick={onClose}>
            <IconArrowLeft size={14} aria-hidden /> {t('action.back')}
          </Anchor>
          <Title order={2}>{action?.displayName ?? t('action.newTitle')}</Title>
        </div>
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <TextInput
            label={t('action.name')}
            description={t('action.nameHelp')}
            value={name}
            maxLength={80}
            required
            miw={240}
            onChange={(e) => {
              setName(e.currentTarget.value)
              if (!action && !ownKey) setKey(keyOf(e.currentTarget.value))
            }}
          />
          <TextInput
            label={t('action.key')}
            description={t('action.keyHelp')}
            value={key}
            maxLength={100}
            required
            miw={240}
            readOnly={!!action}
            variant={action ? 'filled' : 'default'}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            onChange={(e) => {
              setOwnKey(true)
              setKey(e.currentTarget.value)
            }}
          />
        </Group>
        <SchemaEditor legend={t('action.input')} value={input} onChange={setInput} of="ACTION" />
        <SchemaEditor
          legend={t('action.output')}
          help={t('action.outputHelp')}
          value={output}
          onChange={setOutput}
          of="ACTION"
          optional
        />
        <Fieldset legend={t('trigger.methods')}>
          <Stack gap="xs">
            {methods.map((method) => (
              <Checkbox
                key={method}
                label={method === 'quotaInfo' ? t('action.quotaInfo') : t('trigger.validateConfiguration')}
                checked={answers[method] ?? false}
                onChange={(e) => setAnswers({ ...answers, [method]: e.currentTarget.checked })}
              />
            ))}
            <TextInput
              label={t('action.baseUrl')}
              description={t('trigger.baseUrlHelp')}
              value={baseUrl}
              maxLength={256}
              type="url"
              onChange={(e) => setBaseUrl(e.currentTarget.value)}
            />
          </Stack>
        </Fieldset>
        {save.isError && <Refused error={save.error} />}
        {remove.isError && <Refused error={remove.error} />}
        <Group justify="space-between">
          {action ? (
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
        title={t('action.delete')}
        act={t('remove')}
        danger
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={del.close}
      >
        {t('action.deleteText', { name })}
      </Confirm>
    </form>
  )
}
