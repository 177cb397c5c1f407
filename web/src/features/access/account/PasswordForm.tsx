import { Alert, Button, Group, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { notify } from '@/ui/notify'
import { NewPassword } from '../NewPassword'
import { PasswordField } from '../PasswordField'
import { missing } from '../password'
import { against } from '../refusal'
import { sessionsKey } from './Sessions'

/** One's own password. */
export function PasswordForm({ email }: { email: string }) {
  const { t } = useTranslation('access')
  const queries = useQueryClient()
  const [old, setOld] = useState('')
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: () => ask(api.PUT('/belay/v1/account/password', { body: { oldPassword: old, password } })),
    onSuccess: async () => {
      setOld('')
      setPassword('')
      void notify({ message: t('account.changed') })
      await queries.invalidateQueries({ queryKey: sessionsKey })
    },
  })
  const refused = change.error ? toApiError(change.error) : null
  function submit(event: FormEvent) {
    event.preventDefault()
    if (missing(password) === 0) change.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <input type="hidden" name="email" autoComplete="username" value={email} readOnly />
        <PasswordField
          label={t('account.old')}
          name="password"
          autoComplete="current-password"
          value={old}
          onChange={(event) => setOld(event.currentTarget.value)}
          error={against(refused, 'oldPassword') && t('account.oldWrong')}
        />
        <NewPassword
          label={t('account.new')}
          value={password}
          onChange={setPassword}
          error={against(refused, 'password') && t('rule.obvious')}
        />
        {refused && refused.violations.length === 0 && (
          <Alert color="red" role="alert" p="sm">
            {refused.code === 'TOO_MANY_SIGN_INS' ? t('signIn.tooOften') : refused.message}
          </Alert>
        )}
        <Group>
          <Button
            type="submit"
            variant="default"
            loading={change.isPending}
            disabled={old === '' || missing(password) > 0}
          >
            {t('account.change')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
