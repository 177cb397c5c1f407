import { Alert, Anchor, Button, Skeleton, Stack, TextInput } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ask, type Schema } from '@/lib/api/client'
import { toApiError } from '@/lib/api/error'
import { Problem } from '@/ui/Problem'
import { Entry } from './Entry'
import { NewPassword } from './NewPassword'
import { missing } from './password'
import { against } from './refusal'
import { useEnter } from './useEnter'

export const route = createLazyRoute('/welcome')({ component: WelcomePage })

function WelcomePage() {
  const { t } = useTranslation('access')
  // Once only: the address loses the secret, so that no history keeps it.
  const [token] = useState(takeSecret)
  const look = useQuery({
    queryKey: ['welcome', token],
    queryFn: () => ask(api.POST('/belay/v1/welcome/look', { body: { token } })),
    enabled: token !== '',
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (token === '') return <NotGood title={t('welcome.none')} />
  if (look.error) {
    const refused = toApiError(look.error)
    if (!refused.temporary) return <NotGood title={t('welcome.notGood')} />
    return (
      <Entry title={t('welcome.join', { name: '' })}>
        <Problem error={refused} />
      </Entry>
    )
  }
  if (!look.data) {
    return (
      <Entry title={t('loading', { ns: 'app' })}>
        <Stack mt="lg">
          <Skeleton h={56} />
          <Skeleton h={56} />
        </Stack>
      </Entry>
    )
  }
  return <Join token={token} link={look.data} />
}

/** Where a page keeps the secret of its link, for when it is reloaded. */
const secretKey = 'belay.welcome'

function takeSecret(): string {
  const secret = location.hash.slice(1) || sessionStorage.getItem(secretKey) || ''
  if (location.hash) {
    sessionStorage.setItem(secretKey, secret)
    history.replaceState(history.state, '', location.pathname)
  }
  return secret
}

function NotGood({ title }: { title: string }) {
  const { t } = useTranslation('access')
  return (
    <Entry title={title} text={t('welcome.notGoodText')}>
      <Anchor component={Link} to="/sign-in" mt="lg" display="inline-block">
        {t('welcome.toSignIn')}
      </Anchor>
    </Entry>
  )
}

function Join({ token, link }: { token: string; link: Schema<'WelcomeLink'> }) {
  const { t } = useTranslation('access')
  const enter = useEnter()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const join = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/belay/v1/welcome', {
          body: link.firstOperator ? { token, password, name, email } : { token, password },
        }),
      ),
    onSuccess: (session) => {
      sessionStorage.removeItem(secretKey)
      return enter(session)
    },
  })
  const refused = join.error ? toApiError(join.error) : null
  function submit(event: FormEvent) {
    event.preventDefault()
    if (missing(password) === 0) join.mutate()
  }
  const words = link.firstOperator
    ? { title: t('welcome.first'), text: t('welcome.firstText') }
    : link.returning
      ? { title: t('welcome.again'), text: t('welcome.againText', { email: link.email }) }
      : {
          title: t('welcome.join', { name: link.name }),
          text: t('welcome.joinText', { email: link.email }),
        }
  return (
    <Entry {...words}>
      <form onSubmit={submit}>
        <Stack mt="lg" gap="md">
          {link.firstOperator ? (
            <>
              <TextInput
                label={t('name')}
                name="name"
                autoComplete="name"
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                error={against(refused, 'name')}
                maxLength={100}
                required
                withAsterisk={false}
                autoFocus
              />
              <TextInput
                label={t('email')}
                type="email"
                name="email"
                autoComplete="username"
                value={email}
                onChange={(event) => setEmail(event.currentTarget.value)}
                error={against(refused, 'email') && t('rule.email')}
                required
                withAsterisk={false}
              />
            </>
          ) : (
            // A password manager learns from it whose password this is.
            <input type="hidden" name="email" autoComplete="username" value={link.email} readOnly />
          )}
          <NewPassword
            label={t('password')}
            value={password}
            onChange={setPassword}
            error={against(refused, 'password') && t('rule.obvious')}
          />
          {refused && refused.violations.length === 0 && (
            <Alert color="red" icon={<IconAlertCircle />} role="alert" p="sm">
              {refused.temporary
                ? t('problem.temporary', { ns: 'app' })
                : refused.code === 'LINK_NOT_GOOD'
                  ? t('welcome.notGoodText')
                  : refused.message}
            </Alert>
          )}
          <Button type="submit" size="md" loading={join.isPending} disabled={missing(password) > 0}>
            {t('welcome.act')}
          </Button>
        </Stack>
      </form>
    </Entry>
  )
}
