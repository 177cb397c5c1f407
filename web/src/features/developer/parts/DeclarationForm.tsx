import { Anchor, Button, Checkbox, Fieldset, Group, Stack, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowLeft } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '@/ui/Confirm'
import { notify } from '@/ui/notify'
import { Refused } from '@/ui/Refused'
import { keyOf } from '../model/key'

/** What a trigger and an action declare alike. */
export type Declaration<Method extends string> = {
  key: string
  displayName: string
  baseUrl?: string
  implementedMethods: Partial<Record<Method, boolean>>
}

type Props<Method extends string> = {
  app: string
  of: 'trigger' | 'action'
  /** What is declared already; absent, it is declared anew. */
  declared?: Declaration<Method>
  /** What the app's server may answer, each in words. */
  methods: Record<Method, string>
  /** The rest of the form can be sent as it stands. */
  readable: boolean
  onSave: (declaration: Declaration<Method>) => Promise<unknown>
  onRemove: (key: string) => Promise<unknown>
  onClose: () => void
  /** The form's own fields: what goes in, what comes out. */
  children: ReactNode
  /** Fields that stand last. */
  last?: ReactNode
}

/** The form of a declaration: its names, what the app's server answers, saving and deleting. */
export function DeclarationForm<Method extends string>(props: Props<Method>) {
  const { app, of, declared, methods, onClose } = props
  const { t } = useTranslation('developer')
  const client = useQueryClient()
  const [name, setName] = useState(declared?.displayName ?? '')
  const [key, setKey] = useState(declared?.key ?? '')
  const [ownKey, setOwnKey] = useState(declared !== undefined)
  const [baseUrl, setBaseUrl] = useState(declared?.baseUrl ?? '')
  const [answers, setAnswers] = useState<Partial<Record<Method, boolean>>>(declared?.implementedMethods ?? {})
  const [deleting, del] = useDisclosure(false)
  const done = () => {
    void client.invalidateQueries({ queryKey: ['app', app, `${of}s`] })
    onClose()
  }
  const save = useMutation({
    mutationFn: () =>
      props.onSave({
        key,
        displayName: name.trim(),
        baseUrl: baseUrl.trim() || undefined,
        implementedMethods: answers,
      }),
    onSuccess: () => {
      void notify({ message: t('saved') })
      done()
    },
  })
  const remove = useMutation({ mutationFn: () => props.onRemove(key), onSuccess: done, onError: del.close })
  const submit = (e: FormEvent) => {
    e.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <div>
          <Anchor
            component="button"
            type="button"
            size="sm"
            display="inline-flex"
            mb={4}
            style={{ alignItems: 'center', gap: 4 }}
            onClick={onClose}
          >
            <IconArrowLeft size={15} aria-hidden /> {t(`${of}.back`)}
          </Anchor>
          <Title order={2}>{declared?.displayName ?? t(`${of}.newTitle`)}</Title>
        </div>
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <TextInput
            label={t(`${of}.name`)}
            description={t(`${of}.nameHelp`)}
            value={name}
            maxLength={80}
            required
            miw={240}
            onChange={(e) => {
              setName(e.currentTarget.value)
              if (!ownKey) setKey(keyOf(e.currentTarget.value))
            }}
          />
          <TextInput
            label={t(`${of}.key`)}
            description={t(`${of}.keyHelp`)}
            value={key}
            maxLength={100}
            required
            miw={240}
            readOnly={!!declared}
            variant={declared ? 'filled' : 'default'}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
            onChange={(e) => {
              setOwnKey(true)
              setKey(e.currentTarget.value)
            }}
          />
        </Group>
        {props.children}
        <Fieldset legend={t('methods')}>
          <Stack gap="xs">
            {(Object.keys(methods) as Method[]).map((method) => (
              <Checkbox
                key={method}
                label={methods[method]}
                checked={answers[method] ?? false}
                onChange={(e) => setAnswers({ ...answers, [method]: e.currentTarget.checked })}
              />
            ))}
            <TextInput
              label={t(`${of}.baseUrl`)}
              description={t('baseUrlHelp')}
              value={baseUrl}
              maxLength={256}
              type="url"
              onChange={(e) => setBaseUrl(e.currentTarget.value)}
            />
          </Stack>
        </Fieldset>
        {props.last}
        {save.isError && <Refused error={save.error} />}
        {remove.isError && <Refused error={remove.error} />}
        <Group justify="space-between">
          {declared ? (
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
            <Button type="submit" loading={save.isPending} disabled={!props.readable || !name.trim() || !key}>
              {t('save')}
            </Button>
          </Group>
        </Group>
      </Stack>
      <Confirm
        opened={deleting}
        title={t(`${of}.delete`)}
        act={t('remove')}
        danger
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={del.close}
      >
        {t(`${of}.deleteText`, { name })}
      </Confirm>
    </form>
  )
}
