import {
  Alert,
  Button,
  Card,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { IconClock, IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '@/app/session'
import { useHere } from '@/app/useHere'
import { type Checked, checkEnvelope, checkWebhook, type Fault, readHeaders } from '@/lib/signature'
import { formatDateTime } from '@/lib/time'
import { Back } from '@/ui/Back'
import { Source } from '@/ui/code/Source'
import { Page } from '@/ui/Page'
import { keySetQuery } from './queries'

export const route = createLazyRoute('/signed/dev/signature')({ component: VerifyPage })

const mono = { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }

function VerifyPage() {
  const { t } = useTranslation('explorer')
  const { apps } = useSession()
  const [form, setForm] = useState<'webhook' | 'envelope'>('webhook')
  const [headers, setHeaders] = useState('')
  const [body, setBody] = useState('')
  const [secrets, setSecrets] = useState('')
  const [app, setApp] = useState(apps[0]?.id ?? '')
  const [checked, setChecked] = useState<Checked>()
  const keys = useQuery({ ...keySetQuery(app), enabled: form === 'envelope' && app !== '' })

  const check = async (e: FormEvent) => {
    e.preventDefault()
    const now = Date.now() / 1000
    const words = secrets.split(/\s+/).filter(Boolean)
    setChecked(
      form === 'webhook'
        ? await checkWebhook(readHeaders(headers), body, words, now)
        : await checkEnvelope(body, app, keys.data?.keys ?? [], now),
    )
  }
  return (
    <Page
      back={
        <Back to="/dev/events" search={{ site: undefined }}>
          {t('event.back')}
        </Back>
      }
      title={t('verify.title')}
      about={t('verify.about')}
    >
      <Card withBorder maw={820}>
        <form onSubmit={(e) => void check(e)}>
          <Stack>
            <SegmentedControl
              fullWidth
              aria-label={t('verify.title')}
              value={form}
              onChange={(v) => {
                setForm(v as 'webhook' | 'envelope')
                setChecked(undefined)
              }}
              data={[
                { value: 'webhook', label: t('verify.webhook') },
                { value: 'envelope', label: t('verify.envelope') },
              ]}
            />
            {form === 'webhook' ? (
              <Textarea
                label={t('verify.headers')}
                description={t('verify.headersHelp')}
                value={headers}
                onChange={(e) => setHeaders(e.currentTarget.value)}
                autosize
                minRows={3}
                maxRows={8}
                styles={mono}
                dir="ltr"
                spellCheck={false}
              />
            ) : apps.length > 0 ? (
              <Select
                label={t('verify.app')}
                description={t('verify.appHelp')}
                data={apps.map((a) => ({ value: a.id, label: a.name }))}
                value={app}
                onChange={(id) => setApp(id ?? '')}
                allowDeselect={false}
                searchable
              />
            ) : (
              <TextInput
                label={t('verify.app')}
                description={t('verify.appHelp')}
                value={app}
                onChange={(e) => setApp(e.currentTarget.value.trim())}
              />
            )}
            <Textarea
              label={t('verify.body')}
              description={t('verify.bodyHelp')}
              value={body}
              onChange={(e) => setBody(e.currentTarget.value)}
              autosize
              minRows={5}
              maxRows={16}
              styles={mono}
              dir="ltr"
              spellCheck={false}
            />
            {form === 'webhook' && (
              <Textarea
                label={t('verify.secrets')}
                description={t('verify.secretsHelp')}
                value={secrets}
                onChange={(e) => setSecrets(e.currentTarget.value)}
                autosize
                minRows={1}
                maxRows={4}
                styles={mono}
                dir="ltr"
                spellCheck={false}
                autoComplete="off"
              />
            )}
            <div>
              <Button type="submit" disabled={body === ''} loading={form === 'envelope' && keys.isLoading}>
                {t('verify.act')}
              </Button>
            </div>
            <div aria-live="polite">{checked && <Verdict checked={checked} />}</div>
          </Stack>
        </form>
      </Card>
    </Page>
  )
}

function Verdict({ checked }: { checked: Checked }) {
  const { t } = useTranslation('explorer')
  const place = useHere()
  if (!checked.signed) {
    return (
      <Alert color="red" icon={<IconShieldX />} title={t('verify.bad')}>
        <FaultText fault={checked.fault} />
      </Alert>
    )
  }
  const when = formatDateTime(new Date(checked.at * 1000), place)
  const good = checked.age === 'good'
  return (
    <Stack gap="sm">
      <Alert
        color={good ? 'belay' : 'yellow'}
        icon={good ? <IconShieldCheck /> : <IconClock />}
        title={t(`verify.${checked.age}`)}
      >
        <Text size="sm">{t(`verify.${checked.age}Text`, { when })}</Text>
        <Text size="sm">
          {typeof checked.by === 'number'
            ? t('verify.bySecret', { number: checked.by + 1 })
            : t('verify.byKey', { id: checked.by })}
        </Text>
      </Alert>
      {checked.claims && (
        <div>
          <Text size="xs" c="dimmed" mb={4}>
            {t('verify.claims')}
          </Text>
          <Source value={checked.claims} label={t('verify.claims')} />
        </div>
      )}
    </Stack>
  )
}

function FaultText({ fault }: { fault: Fault }) {
  const { t } = useTranslation('explorer')
  switch (fault.code) {
    case 'missing':
      return t('verify.fault.missing', { header: fault.header })
    case 'secretForm':
      return t('verify.fault.secretForm', { number: fault.index + 1 })
    case 'bodyChanged':
      return t(`verify.fault.${fault.how}`)
    case 'algorithm':
    case 'unknownKey':
    case 'issuer':
    case 'audience':
      return t(`verify.fault.${fault.code}`, { found: fault.found })
    default:
      return t(`verify.fault.${fault.code}`)
  }
}
