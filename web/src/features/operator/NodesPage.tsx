import { Badge, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useHere } from '@/app/useHere'
import type { Schema } from '@/lib/api/client'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { When } from '@/ui/When'
import classes from './operator.module.css'
import { useVersion } from './parts/useVersion'
import { nodesQuery } from './queries'

export const route = createLazyRoute('/signed/ops/nodes')({ component: NodesPage })

/** How many buckets the sites of a store are spread over. */
const buckets = 256

function NodesPage() {
  const { t } = useTranslation('operator')
  const nodes = useQuery(nodesQuery)
  const list = nodes.data?.nodes ?? []
  return (
    <Page title={t('nodes')} about={list.length === 1 ? t('oneNode') : t('nodesAbout')}>
      {nodes.isError && <Problem error={nodes.error} again={() => void nodes.refetch()} />}
      {nodes.isPending && <Skeleton h={120} radius="lg" aria-busy />}
      <Stack>
        {list.map((node) => (
          <Node key={node.id ?? node.name} node={node} />
        ))}
      </Stack>
    </Page>
  )
}

function Node({ node }: { node: Schema<'Node'> }) {
  const { t, i18n } = useTranslation('operator')
  const place = useHere()
  const version = useVersion()
  const share = new Intl.NumberFormat(i18n.language, { style: 'percent' }).format(node.buckets / buckets)
  return (
    <section className={classes.panel} aria-label={node.name}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h3">
          {node.name}
        </Title>
        <Group gap="xs">
          {node.answering && <Badge variant="light">{t('answers')}</Badge>}
          {node.leaving && (
            <Badge variant="light" color="orange">
              {t('leaving')}
            </Badge>
          )}
        </Group>
      </Group>
      <div className={classes.track} aria-hidden>
        <div className={classes.fill} style={{ width: `${(node.buckets / buckets) * 100}%` }} />
      </div>
      <Group gap="lg" mt="xs">
        <Text size="sm">{t('share', { share, count: node.buckets })}</Text>
        <Text size="sm" c="dimmed">
          {version(node.version)}
        </Text>
        {node.startedDate && (
          <Text size="sm" c="dimmed">
            {t('started')} <When at={node.startedDate} place={place} />
          </Text>
        )}
        {node.seenDate && (
          <Text size="sm" c="dimmed">
            {t('seen')} <When at={node.seenDate} place={place} />
          </Text>
        )}
      </Group>
    </section>
  )
}
