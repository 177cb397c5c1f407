import { Alert, Button, Divider, Stack, Text, TextInput } from '@mantine/core'
import { IconAlertCircle, IconKey } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { createLazyRoute, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { Problem } from '@/ui/Problem'
import { Entry } from './Entry'
import { entrancesQuery, onwards } from './entrances'
import { isGuest } from './guest'
import { PasswordField } from './PasswordField'
import { useEnter } from './useEnter'

export const route = createLazyRoute('/sign-in')({ component: SignInPage })

function SignInPage() {
  const { t } = useTranslation('access')
  const { to, error } = useSearch({ from: '/sign-in' })
  const { data: entrances, error: away } = useQuery(entrancesQuery)
  // A guest cannot sign in: the page around the frame brings them.
  if (isGuest()) return <Entry title={t('portal.ended')} text={t('portal.endedText')} />
  return (
    <Entry title={t('signIn.title')}>
      {error && (
        <Alert color="red" icon={<IconAlertCircle />} mt="md" role="alert">
          {t(providerWords(error))}
        </Alert>
      )}
      {entrances?.firstOperator && (
        <Alert color="yellow" icon={<IconKey />} mt="md">
          <Text size="sm" fw={600}>
            {t('signIn.noOperator')}
          </Text>
          {t('signIn.noOperatorHow')}
        </Alert>
      )}
      {away && <Problem error={toApiError(away)} />}
      <ByPassword to={to} />
      {entrances?.oidc && <ByProvider name={entrances.oidc} to={to} />}
    </Entry>
  )
}

function ByPassword({ to }: { to: string | undefined }) {
  const { t } = useTranslation('access')
  const enter = useEnter()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const signIn = useMutation({
    mutationFn: () => ask(api.POST('/belay/v1/session', { body: { email, password } })),
    onSuccess: (session) => enter(session, to),
  })
  const wrong = signIn.error ? toApiError(signIn.error) : undefined
  useEffect(() => {
    if (wrong?.status === 401) field.current?.select()
  }, [wrong])
  function submit(event: FormEvent) {
    event.preventDefault()
    signIn.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack mt="lg" gap="md">
        <TextInput
          label={t('email')}
          type="email"
          name="email"
          autoComplete="username"
          inputMode="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          required
          withAsterisk={false}
          autoFocus
        />
        <PasswordField
          ref={field}
          label={t('password')}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          required
          withAsterisk={false}
        />
        {wrong && (
          <Alert color="red" icon={<IconAlertCircle />} role="alert" p="sm">
            {wrong.code === 'TOO_MANY_SIGN_INS'
              ? t('signIn.tooOften')
              : wrong.status === 401
                ? t('signIn.wrong')
                : wrong.temporary
                  ? t('problem.temporary', { ns: 'app' })
                  : wrong.message}
          </Alert>
        )}
        <Button type="submit" size="md" loading={signIn.isPending}>
          {t('signIn.act')}
        </Button>
        <Text size="sm" c="dimmed">
          {t('signIn.forgot')}
        </Text>
      </Stack>
    </form>
  )
}

function ByProvider({ name, to }: { name: string; to: string | undefined }) {
  const { t } = useTranslation('access')
  return (
    <>
      <Divider label={t('orElse')} my="lg" />
      <Button
        component="a"
        href={`/belay/v1/oidc/start?to=${encodeURIComponent(onwards(to))}`}
        variant="default"
        size="md"
        fullWidth
      >
        {t('signIn.with', { name })}
      </Button>
    </>
  )
}

const reasons = [
  'OIDC_UNREACHABLE',
  'OIDC_REFUSED',
  'OIDC_FAILED',
  'OIDC_ATTEMPT_NOT_GOOD',
  'EMAIL_NOT_VERIFIED',
  'EMAIL_DOMAIN_NOT_ALLOWED',
  'NOT_INVITED',
  'OTHER_SUBJECT',
] as const

function providerWords(error: string) {
  const known = reasons.find((reason) => reason === error)
  return `provider.${known ?? 'other'}` as const
}
