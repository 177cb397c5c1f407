import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask, type Schema } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import type { Grant } from '../grants'
import { against } from '../refusal'
import { GrantsEditor } from './GrantsEditor'
import { usersKey } from './queries'

export type UserDetails = Schema<'UserDetails'>
export type UserLink = Schema<'UserLinkResponse'>

type Props = {
  /** Who is changed; somebody is invited where it is nobody. */
  user?: UserDetails
  onClose: () => void
  /** Is given the link of an invitation. */
  onLink: (link: UserLink) => void
}

/** Invites somebody, or changes what a user is. */
export function UserForm({ user, onClose, onLink }: Props) {
  const { t } = useTranslation('access')
  const queries = useQueryClient()
  const [name, setName] = useState(user?.name ?? '')
  const [email, setEmail] = useState(user?.email ?? '')
  const [grants, setGrants] = useState<Grant[]>(user?.grants ?? [])
  const save = useMutation({
    mutationFn: async (): Promise<UserLink | undefined> => {
      const body = { name, email, grants }
      if (!user) return ask(api.POST('/belay/v1/users', { body }))
      await ask(api.PUT('/belay/v1/users/{userId}', { params: { path: { userId: user.id } }, body }))
      return undefined
    },
    onSuccess: async (link) => {
      await queries.invalidateQueries({ queryKey: usersKey })
      onClose()
      if (link) onLink(link)
    },
  })
  const refused = save.error ? toApiError(save.error) : null
  function submit(event: FormEvent) {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={user ? t('users.editTitle', { name: user.name }) : t('users.inviteTitle')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close', { ns: 'app' }) }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t('name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={against(refused, 'name')}
            maxLength={100}
            autoComplete="off"
            required
            withAsterisk={false}
            data-autofocus
          />
          <TextInput
            label={t('email')}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={against(refused, 'email') && t('rule.email')}
            autoComplete="off"
            required
            withAsterisk={false}
          />
          <GrantsEditor value={grants} onChange={setGrants} />
          {refused && !against(refused, 'name') && !against(refused, 'email') && (
            <Alert color="red" role="alert" p="sm">
              {refused.code === 'ALREADY_EXISTS'
                ? t('users.taken')
                : refused.code === 'LAST_OPERATOR'
                  ? t('users.last')
                  : refused.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel', { ns: 'app' })}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {user ? t('users.save') : t('users.inviteAct')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
