import { Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { whole } from '@/features/flow/document'
import { type Api, ask } from '@/lib/api/client'
import { Problem } from '@/ui/Problem'
import { ChangeList } from './ChangeList'
import type { Catalog } from './model/catalog'

type Props = { site: string; api: Api; id: string; revision: string }

/** What has become different in an automation since one of its versions. */
export default function VersionCompare({ site, api, id, revision }: Props) {
  const { t } = useTranslation('builder')
  const { data, error, refetch } = useQuery({
    queryKey: ['automations', site, 'compare', id, revision],
    queryFn: async () => {
      const query = { automationId: id }
      const [now, then] = await Promise.all([
        ask(api.GET('/belay/v1/builder', { params: { query } })),
        ask(
          api.GET('/v1/automation-revisions/{automationId}', {
            params: { path: query, query: { revision, fields: ['OVERRIDE_SCHEMA', 'AS_STORED'] } },
          }),
        ),
      ])
      return { now, then }
    },
  })
  if (error) return <Problem error={error} again={() => void refetch()} />
  if (!data) return <Skeleton h={64} mt="sm" radius="md" />
  return (
    <section aria-label={t('changes.since')}>
      <Text size="xs" c="dimmed" fw={600} mt="sm" mb={4}>
        {t('changes.since')}
      </Text>
      <ChangeList
        before={whole(data.then.automation)}
        after={whole(data.now.automation)}
        catalog={data.now.apps as unknown as Catalog}
      />
    </section>
  )
}
