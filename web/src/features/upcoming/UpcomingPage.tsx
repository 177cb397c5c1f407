import {
  Alert,
  Badge,
  Button,
  Card,
  Group,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  TextInput,
} from '@mantine/core'
import { IconCalendarMonth, IconHourglass, IconList, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '@/app/useLive'
import { useSite } from '@/app/useSite'
import { isGuid } from '@/lib/guid'
import { formatDay } from '@/lib/time'
import { More } from '@/ui/More'
import { Page } from '@/ui/Page'
import { useSmall } from '@/ui/useSmall'
import { ActDialog, type Asked } from './ActDialog'
import { Calendar } from './Calendar'
import { Details } from './Details'
import { type Look, narrowed, type Upcoming } from './model'
import { choicesQuery } from './queries'
import { upcomingRoute } from './routes'
import { Timeline } from './Timeline'

export const route = createLazyRoute('/signed/s/$site/upcoming')({ component: UpcomingPage })

function UpcomingPage() {
  const { t } = useTranslation('upcoming')
  const { site, place } = useSite()
  const look = upcomingRoute.useSearch()
  const navigate = useNavigate({ from: '/s/$site/upcoming' })
  const [opened, setOpened] = useState<Upcoming>()
  const [asked, setAsked] = useState<Asked>()
  useLive({ site, kinds: ['activation', 'automation'], keys: [['upcoming', site]] })
  const change = (next: Look) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })
  return (
    <Page title={t('title')} about={t('about', { zone: place.timeZone })}>
      <Filters look={look} onChange={change} />
      {look.view === 'calendar' ? (
        <Calendar
          look={look}
          onMonth={(month) => change({ month })}
          onDay={(day) => change({ day, view: undefined })}
        />
      ) : (
        <Timeline
          look={look}
          onOpen={setOpened}
          onAsk={setAsked}
          onClear={() =>
            change({ automation: undefined, trigger: undefined, entity: undefined, day: undefined })
          }
        />
      )}
      <Details
        item={opened}
        onClose={() => setOpened(undefined)}
        onAsk={setAsked}
        onEntity={(item) => {
          setOpened(undefined)
          change({ entity: item.externalEntityId, day: undefined, view: undefined })
        }}
      />
      {asked && (
        <ActDialog
          asked={asked}
          onClose={() => setAsked(undefined)}
          onDone={() => {
            setAsked(undefined)
            setOpened(undefined)
          }}
        />
      )}
    </Page>
  )
}

function Filters({ look, onChange }: { look: Look; onChange: (next: Look) => void }) {
  const { t } = useTranslation('upcoming')
  const { site, place } = useSite()
  const choices = useQuery(choicesQuery(site))
  const small = useSmall()
  const fields = (
    <>
      <Select
        label={t('filter.automation')}
        placeholder={t('filter.anyAutomation')}
        data={choices.data?.automations ?? []}
        value={look.automation ?? null}
        onChange={(v) => onChange({ automation: v ?? undefined })}
        clearable
        searchable
        limit={100}
      />
      <Select
        label={t('filter.trigger')}
        placeholder={t('filter.anyTrigger')}
        data={choices.data?.triggers ?? []}
        value={look.trigger ?? null}
        onChange={(v) => onChange({ trigger: v ?? undefined })}
        clearable
        searchable
      />
      <EntityField entity={look.entity} onChange={(entity) => onChange({ entity })} />
    </>
  )
  const views = (
    <SegmentedControl
      fullWidth
      aria-label={t('view.label')}
      value={look.view ?? 'list'}
      onChange={(v) => onChange({ view: v === 'calendar' ? 'calendar' : undefined, day: undefined })}
      data={[
        { value: 'list', label: <Choice icon={IconList} text={t('view.list')} /> },
        { value: 'calendar', label: <Choice icon={IconCalendarMonth} text={t('view.calendar')} /> },
      ]}
    />
  )
  return (
    <Card withBorder mb="lg" p="sm">
      {small ? (
        <Stack gap="xs">
          {views}
          <More label={t('filter.more')} open={narrowed(look)}>
            <Stack gap="xs">{fields}</Stack>
          </More>
        </Stack>
      ) : (
        <SimpleGrid cols={{ sm: 2, lg: 4 }} spacing="sm" style={{ alignItems: 'end' }}>
          {fields}
          {views}
        </SimpleGrid>
      )}
      {narrowed(look) && (
        <Group mt="sm" gap="xs">
          {look.entity && <Badge variant="light">{t('filter.oneThing')}</Badge>}
          {look.day && (
            <Badge variant="light">
              {formatDay(new Date(`${look.day}T12:00:00Z`), { ...place, timeZone: 'UTC' })}
            </Badge>
          )}
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconX size={14} />}
            onClick={() =>
              onChange({ automation: undefined, trigger: undefined, entity: undefined, day: undefined })
            }
          >
            {t('filter.clear')}
          </Button>
        </Group>
      )}
      {choices.isError && (
        <Alert mt="sm" color="gray" icon={<IconHourglass />} p="xs">
          {t('filter.missing')}
        </Alert>
      )}
    </Card>
  )
}

/** Takes the identifier of what is looked for, and looks for it once it is whole. */
function EntityField(props: { entity: string | undefined; onChange: (entity: string | undefined) => void }) {
  const { t } = useTranslation('upcoming')
  const [begun, setBegun] = useState('')
  return (
    <TextInput
      label={t('filter.entity')}
      placeholder={t('filter.anyEntity')}
      value={props.entity ?? begun}
      error={begun !== ''}
      spellCheck={false}
      onChange={(e) => {
        const typed = e.currentTarget.value.trim()
        const whole = isGuid(typed)
        setBegun(whole ? '' : typed)
        props.onChange(whole ? typed : undefined)
      }}
    />
  )
}

function Choice({ icon: Icon, text }: { icon: typeof IconList; text: string }) {
  return (
    <Group gap={6} justify="center" wrap="nowrap" component="span">
      <Icon size={16} aria-hidden />
      {text}
    </Group>
  )
}
