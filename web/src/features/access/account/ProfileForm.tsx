import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Session, sessionQuery } from '@/app/session'
import { api, ask, type Schema } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { notify } from '@/ui/notify'
import { against } from '../refusal'

/** One's own name. */
export function ProfileForm({ user }: { user: Schema<'User'> }) {
  const { t } = useTranslation('access')
  const queries = useQueryClient()
  const [name, setName] = useState(user.name)
  const save = useMutation({
    mutationFn: () => ask(api.PUT('/belay/v1/account', { body: { name } })),
    onSuccess: ({ user }) => {
      queries.setQueryData<Session>(sessionQuery.queryKey, (old) => old && { ...old, user })
      void notify({ message: t('account.saved') })
    },
  })
  const refused = save.error ? toApiError(save.error) : null
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t('name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="name"
          maxLength={100}
          error={against(refused, 'name') ?? refused?.message}
        />
        <TextInput label={t('email')} value={user.email} description={t('account.emailText')} readOnly />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={name === '' || name === user.name}>
            {t('account.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
