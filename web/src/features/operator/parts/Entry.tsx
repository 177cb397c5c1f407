import { Button, Code, Collapse, Group, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  type Icon,
  IconBan,
  IconLogin2,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatDateTime, type Place } from '@/lib/time'
import { Problem } from '@/ui/Problem'
import { When } from '@/ui/When'
import { actorOf, comparable, differences, sentenceOf } from '../model/sentence'
import classes from '../operator.module.css'
import { type AuditEntry, revisionQuery } from '../queries'

const marks: Record<AuditEntry['operation'], Icon> = {
  CREATED: IconPlus,
  CHANGED: IconPencil,
  DELETED: IconTrash,
  SWITCHED_ON: IconPlayerPlay,
  SWITCHED_OFF: IconPlayerPause,
  CANCELED: IconBan,
  SIGNED_IN: IconLogin2,
  SIGN_IN_REFUSED: IconBan,
  SIGNED_OUT: IconLogin2,
}

/** One act, as a sentence, with what is known beside it. */
export function Entry({ entry, place }: { entry: AuditEntry; place: Place }) {
  const { t } = useTranslation('operator')
  const [opened, open] = useDisclosure(false)
  const Mark = marks[entry.operation]
  return (
    <article className={classes.entry}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <span className={classes.mark}>
          <Mark size={17} stroke={1.7} aria-hidden />
        </span>
        <div style={{ minWidth: 0, flex: 1 }}>
          <Sentence entry={entry} />
          <Group gap={4} c="dimmed" fz="xs" mt={2}>
            <When at={entry.date} place={place} />
            {entry.siteName && <span>· {t('onSite', { site: entry.siteName })}</span>}
            {entry.from && <span>· {t('from', { address: entry.from })}</span>}
            <Revisions entry={entry} />
            <Button size="compact-xs" variant="subtle" onClick={open.toggle} aria-expanded={opened}>
              {opened ? t('less') : comparable(entry) ? t('whatChanged') : t('details')}
            </Button>
          </Group>
          <Collapse expanded={opened}>{opened && <Details entry={entry} place={place} />}</Collapse>
        </div>
      </Group>
    </article>
  )
}

function Sentence({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation('operator')
  const sentence = sentenceOf(entry)
  const who = actorOf(entry)
  return (
    <Text size="sm" className={classes.sentence}>
      {t(`act.${sentence.act}`, {
        who: who || t('nobody'),
        what: t('thing', { kind: t(`kinds.${sentence.kind}`), name: sentence.thing }),
        count: sentence.canceled,
      })}
    </Text>
  )
}

function Revisions({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation('operator')
  if (!entry.revision || !entry.previousRevision) return null
  return <span>· {t('revisions', { was: entry.previousRevision, is: entry.revision })}</span>
}

function Details({ entry, place }: { entry: AuditEntry; place: Place }) {
  const { t } = useTranslation('operator')
  const facts: [string, string | undefined][] = [
    [t('exactly'), formatDateTime(new Date(entry.date), place)],
    [t('thingId'), entry.thing],
    [t('byKey'), entry.by.keyHint && `…${entry.by.keyHint}`],
    [t('reason'), entry.cancel?.reason],
    [t('calledOff'), entry.cancel && String(entry.cancel.canceled)],
    [t('inFlight'), entry.cancel && String(entry.cancel.inFlight)],
    [t('ended'), entry.cancel && String(entry.cancel.ended)],
    [t('fields'), comparable(entry) ? undefined : entry.changedFields?.join(', ')],
  ]
  return (
    <Stack gap="xs" mt="sm">
      {facts.map(
        ([name, value]) =>
          value && (
            <Text key={name} size="xs" className={classes.sentence}>
              <Text span c="dimmed" size="xs">
                {name}
              </Text>{' '}
              {value}
            </Text>
          ),
      )}
      {comparable(entry) && <Compared entry={entry} />}
    </Stack>
  )
}

function Compared({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation('operator')
  const { siteId = '', thing = '', previousRevision = '', revision = '' } = entry
  const was = useQuery(revisionQuery(siteId, thing, previousRevision))
  const is = useQuery(revisionQuery(siteId, thing, revision))
  const error = was.error ?? is.error
  if (error) return <Problem error={error} again={() => void Promise.all([was.refetch(), is.refetch()])} />
  if (!was.data || !is.data) return <Skeleton h={54} aria-busy />
  const list = differences(was.data.automation, is.data.automation)
  if (list.length === 0) return <Text size="sm">{t('noDifference')}</Text>
  return (
    <>
      {list.map((d) => (
        <div key={d.path} className={classes.difference}>
          <Code bg="transparent" p={0}>
            {d.path}
          </Code>
          {d.was !== undefined && (
            <del>
              <VisuallyHidden>{t('before')} </VisuallyHidden>
              {d.was}
            </del>
          )}
          {d.is !== undefined && (
            <ins>
              <VisuallyHidden>{t('after')} </VisuallyHidden>
              {d.is}
            </ins>
          )}
        </div>
      ))}
    </>
  )
}
