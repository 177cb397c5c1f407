import { Anchor, Badge, Button, Drawer, Group, List, Stack, Text } from '@mantine/core'
import { IconBan, IconPlayerPlay, IconPlayerSkipForward } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSite } from '@/app/useSite'
import { aboutOf } from '@/lib/about'
import { formatDateTime } from '@/lib/time'
import { When } from '@/ui/When'
import type { Asked } from './ActDialog'
import type { Upcoming } from './model'
import { doing, named } from './words'

type Props = {
  item?: Upcoming
  onClose: () => void
  onAsk: (asked: Asked) => void
  onEntity: (item: Upcoming) => void
}

/** All there is to say of one item, and what can be done with it. */
export function Details({ item, onClose, onAsk, onEntity }: Props) {
  const { t } = useTranslation('upcoming')
  return (
    <Drawer
      opened={item !== undefined}
      onClose={onClose}
      position="right"
      title={t('details')}
      closeButtonProps={{ 'aria-label': t('close', { ns: 'app' }) }}
    >
      {item && <About item={item} onAsk={onAsk} onEntity={onEntity} />}
    </Drawer>
  )
}

function About({ item, onAsk, onEntity }: { item: Upcoming } & Pick<Props, 'onAsk' | 'onEntity'>) {
  const { t } = useTranslation('upcoming')
  const { place, editable } = useSite()
  return (
    <Stack>
      <div>
        <Group gap="xs">
          <Text size="lg" fw={620} style={{ overflowWrap: 'anywhere' }}>
            {named(t, item)}
          </Text>
          {item.leftOut && (
            <Badge color="gray" variant="light">
              {t('leftOut')}
            </Badge>
          )}
        </Group>
        {aboutOf(item) && (
          <Text fw={550} style={{ overflowWrap: 'anywhere' }}>
            {aboutOf(item)}
          </Text>
        )}
        <Text c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {doing(t, item, place.locale)}
        </Text>
      </div>
      <Fact label={t('fact.due')}>
        {formatDateTime(new Date(item.dueDate), place)} (<When at={item.dueDate} place={place} />)
      </Fact>
      <Fact label={t('fact.wait')}>{t(`wait.${item.wait}`)}</Fact>
      {item.triggerName && <Fact label={t('fact.trigger')}>{item.triggerName}</Fact>}
      {item.takesPlaceDate && (
        <Fact label={t('fact.takesPlace')}>{formatDateTime(new Date(item.takesPlaceDate), place)}</Fact>
      )}
      <Fact label={t('fact.since')}>{formatDateTime(new Date(item.initiatedDate), place)}</Fact>
      {item.next.length > 1 && (
        <Fact label={t('fact.next')}>
          <List size="sm">
            {item.next.map((step) => (
              <List.Item key={step.actionId}>
                {step.name || t(`step.${step.type as 'DELAY'}`, { defaultValue: t('step.other') })}
              </List.Item>
            ))}
          </List>
        </Fact>
      )}
      {item.externalEntityId && (
        <Anchor component="button" ta="start" size="sm" onClick={() => onEntity(item)}>
          {t('sameThing')}
        </Anchor>
      )}
      {editable && (
        <Stack gap="xs" mt="sm">
          <Group grow>
            <Button
              variant="light"
              leftSection={<IconPlayerPlay size={16} />}
              onClick={() => onAsk({ act: 'run', item })}
            >
              {t('run.act')}
            </Button>
            <Button
              variant="default"
              leftSection={<IconPlayerSkipForward size={16} />}
              disabled={item.leftOut}
              onClick={() => onAsk({ act: 'skip', item })}
            >
              {t('skip.act')}
            </Button>
          </Group>
          {item.externalEntityId && (
            <Button
              variant="subtle"
              color="red"
              leftSection={<IconBan size={16} />}
              onClick={() => onAsk({ act: 'cancel', item })}
            >
              {t('cancelAll.menu')}
            </Button>
          )}
        </Stack>
      )}
    </Stack>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="div" size="sm" style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </div>
  )
}
