import { Anchor, Card, Code, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Schema } from '@/lib/api/client'
import type { Explained } from '../queries'
import { Section } from './Section'
import { VerdictBadge } from './StatusBadge'

type Automation = Schema<'ExplainedAutomation'>
type Filter = Schema<'ExplainedFilter'>

/** What became of the event at each automation, and why. */
export function Why({ told, site }: { told: Explained; site: string }) {
  const { t } = useTranslation('explorer')
  return (
    <Section title={t('why.title')} about={t('why.about')}>
      {told.automations.length === 0 && <Text c="dimmed">{t('why.none')}</Text>}
      <Stack gap="xs">
        {told.automations.map((a) => (
          <One key={a.activationId ?? a.automationId} automation={a} site={site} />
        ))}
      </Stack>
      {told.moreAutomations && (
        <Text c="dimmed" size="sm" mt="xs">
          {t('why.more')}
        </Text>
      )}
    </Section>
  )
}

function One({ automation: a, site }: { automation: Automation; site: string }) {
  const { t } = useTranslation('explorer')
  return (
    <Card withBorder p="sm">
      <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
        <div>
          {a.name ? (
            <Anchor
              fw={600}
              renderRoot={(props) => (
                <Link to={`/s/${site}/automations/${a.automationId}` as string} {...props} />
              )}
            >
              {a.name}
            </Anchor>
          ) : (
            <Text fw={600} c="dimmed">
              {t('why.unnamed')}
            </Text>
          )}
          <Text size="sm" c="dimmed">
            {a.error ?? t(`why.text.${a.verdict}`)}
            {a.known === 'NOW' && a.verdict !== 'LATER' && ` ${t('why.asNow')}.`}
          </Text>
        </div>
        <VerdictBadge verdict={a.verdict} />
      </Group>
      {a.filters.length > 0 && (
        <Stack gap={6} mt="sm" component="ul" p={0} m={0}>
          {a.filters.map((f, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: filters have no names and do not move
            <FilterLine key={i} filter={f} />
          ))}
        </Stack>
      )}
    </Card>
  )
}

function FilterLine({ filter: f }: { filter: Filter }) {
  const { t } = useTranslation('explorer')
  const Icon = f.passed ? IconCheck : IconX
  return (
    <Group component="li" gap={8} wrap="nowrap" align="flex-start">
      <Text
        c={
          f.passed
            ? 'light-dark(var(--mantine-color-belay-7), var(--mantine-color-belay-3))'
            : 'light-dark(var(--mantine-color-red-8), var(--mantine-color-red-4))'
        }
        component="span"
        lh={1}
        mt={3}
      >
        <Icon size={16} aria-label={f.passed ? t('why.passed') : t('why.failed')} role="img" />
      </Text>
      <div>
        <Code dir="ltr">{f.expression}</Code>
        <Group gap={6} mt={2}>
          {f.compared.map((c) => (
            <Text key={c.path} size="xs" c="dimmed">
              {t('why.compared', { path: c.path })}
              {': '}
              <Text span size="xs" ff="monospace" c="var(--mantine-color-text)">
                {c.value === undefined ? t('why.absent') : JSON.stringify(c.value)}
              </Text>
            </Text>
          ))}
        </Group>
        {f.error && (
          <Text size="xs" c="red">
            {f.error}
          </Text>
        )}
      </div>
    </Group>
  )
}
