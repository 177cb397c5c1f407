import { Badge, Box, Button, Group, SimpleGrid, Skeleton, Text, Title } from '@mantine/core'
import { IconCopy, IconTemplate } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { Back } from '@/ui/Back'
import { Empty } from '@/ui/Empty'
import { Page } from '@/ui/Page'
import { Problem } from '@/ui/Problem'
import { type Card, cardsQuery } from './cards'
import { NewButton } from './Empties'
import classes from './list.module.css'
import { allCards, byApp, switchable } from './model'
import { Sentence } from './Sentence'
import { useCardActs } from './useCardActs'

export const templatesPage = createLazyRoute('/signed/s/$site/templates')({ component: TemplatesPage })

/** What the apps of a site bring along, by app. */
function TemplatesPage() {
  const { t } = useTranslation('automations')
  const { site, editable } = useSite()
  const query = useInfiniteQuery(cardsQuery(site, { show: 'PREINSTALLED', sort: 'NAME' }))
  const { hasNextPage, fetchNextPage } = query
  useEffect(() => {
    if (hasNextPage) void fetchNextPage()
  }, [hasNextPage, fetchNextPage])
  const apps = useMemo(() => byApp(allCards(query.data)), [query.data])
  const act = useCardActs()
  return (
    <Page
      title={t('templatesPage.title')}
      about={t('templatesPage.about')}
      back={
        <Back to="/s/$site/automations" params={{ site }}>
          {t('templatesPage.back')}
        </Back>
      }
    >
      {content()}
    </Page>
  )

  function content() {
    if (query.isPending) return <GridSkeleton />
    if (query.isError && apps.length === 0)
      return <Problem error={query.error} again={() => void query.refetch()} />
    if (apps.length === 0)
      return (
        <Empty
          title={t('templatesPage.emptyTitle')}
          text={t('templatesPage.emptyText')}
          icon={<IconTemplate size={36} stroke={1.4} aria-hidden />}
        >
          {editable && <NewButton site={site} />}
        </Empty>
      )
    return apps.map(([app, cards]) => (
      <Box component="section" key={app} mb="xl" aria-label={app}>
        <Title order={2} size="h3" mb="sm" dir="auto">
          {app}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
          {cards.map((card) => (
            <Template key={card.id} card={card} acts={act} />
          ))}
        </SimpleGrid>
      </Box>
    ))
  }
}

type Props = { card: Card; acts: ReturnType<typeof useCardActs> }

/** One of them: on as it is, or a copy to change. */
function Template({ card, acts }: Props) {
  const { t } = useTranslation('automations')
  const { site, place, editable } = useSite()
  const on = card.status === 'ACTIVE'
  return (
    <Box className={classes.template}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <Link to={`/s/${site}/automations/${card.id}` as string} className={classes.name} dir="auto">
          {card.name || t('unnamed')}
        </Link>
        {on && (
          <Badge size="sm" variant="light" tt="none" flex="none">
            {t('templatesPage.isOn')}
          </Badge>
        )}
      </Group>
      <Sentence digest={card.digest} place={place} flex={1} />
      {card.description && (
        <Text size="sm" c="dimmed" lineClamp={3} dir="auto">
          {card.description}
        </Text>
      )}
      {editable && (
        <Group gap="xs">
          {!on && switchable(card) && (
            <Button size="xs" onClick={() => void acts.switchTo(card, true)}>
              {t('templatesPage.use')}
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            leftSection={<IconCopy size={14} />}
            onClick={() => void acts.copy(card)}
          >
            {t('templatesPage.own')}
          </Button>
        </Group>
      )}
    </Box>
  )
}

function GridSkeleton() {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
      {[1, 2, 3].map((n) => (
        <Skeleton key={n} h={150} radius="lg" />
      ))}
    </SimpleGrid>
  )
}
