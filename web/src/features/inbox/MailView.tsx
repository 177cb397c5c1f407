import { Anchor, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { mailPage } from '@/lib/mail/harmless'
import { When } from '@/ui/When'
import classes from './inbox.module.css'
import type { Mail } from './queries'

/** One mail: who, what, and its body as text or as it looks. */
export function MailView({ mail }: { mail: Mail }) {
  const { t } = useTranslation('inbox')
  const { site, place } = useSite()
  const both = Boolean(mail.html && mail.text)
  const [view, setView] = useState<'html' | 'text'>(mail.html ? 'html' : 'text')
  const page = useMemo(() => (mail.html ? mailPage(mail.html) : ''), [mail.html])
  const people: [string, string | undefined][] = [
    [t('outbox.from'), mail.from],
    [t('outbox.to'), mail.to.join(', ')],
    [t('outbox.cc'), mail.cc.join(', ') || undefined],
    [t('outbox.replyTo'), mail.replyTo],
  ]
  return (
    <Stack gap="md">
      <Title order={2} className={classes.text}>
        {mail.subject || t('outbox.noSubject')}
      </Title>
      <dl className={classes.people}>
        {people
          .filter(([, who]) => who)
          .map(([name, who]) => (
            <div key={name} style={{ display: 'contents' }}>
              <dt>{name}</dt>
              <dd>{who}</dd>
            </div>
          ))}
      </dl>
      <Group gap="md" justify="space-between">
        <Text size="sm" c="dimmed">
          <When at={mail.at} place={place} exact />
        </Text>
        {mail.activationId && (
          <Anchor component={Link} to={`/s/${site}/runs/${mail.activationId}` as string} size="sm">
            {t('run')}
          </Anchor>
        )}
      </Group>
      {both && (
        <SegmentedControl
          size="xs"
          w="fit-content"
          aria-label={t('outbox.views')}
          data={[
            { value: 'html', label: t('outbox.html') },
            { value: 'text', label: t('outbox.text') },
          ]}
          value={view}
          onChange={(v) => setView(v as 'html' | 'text')}
        />
      )}
      {view === 'html' && page ? (
        <>
          <iframe className={classes.frame} title={t('outbox.frame')} sandbox="" srcDoc={page} />
          <Text size="xs" c="dimmed">
            {t('outbox.safe')}
          </Text>
        </>
      ) : (
        <div className={classes.body}>{mail.text || t('outbox.noText')}</div>
      )}
    </Stack>
  )
}
