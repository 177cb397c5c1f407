import { Badge, Stack, Text, TextInput, Title, UnstyledButton } from '@mantine/core'
import { IconBolt, IconCalendarTime, IconSearch } from '@tabler/icons-react'
import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty } from '@/ui/Empty'
import { type Catalog, type CatalogTrigger, timeField, triggerOf } from '../model/catalog'
import classes from './forms.module.css'

type Choice = { appId: string; triggerKey: string }

/** What an automation can begin with, by app. Nobody who sets one up needs to know more than its name. */
export function TriggerPicker({
  catalog,
  value,
  onPick,
}: {
  catalog: Catalog
  value?: Choice
  onPick: (trigger: Choice) => void
}) {
  const { t } = useTranslation('forms')
  const id = useId()
  const [query, setQuery] = useState('')
  const search = useRef<HTMLInputElement>(null)
  // On a touch screen the keyboard would cover the choices.
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) search.current?.focus()
  }, [])
  const chosen = value && triggerOf(catalog, value)
  const groups = useMemo(() => found(catalog, query, (trigger) => describe(trigger, t)), [catalog, query, t])
  return (
    <Stack gap="md">
      <TextInput
        ref={search}
        value={query}
        onChange={(e) => setQuery(e.currentTarget.value)}
        placeholder={t('triggers.search')}
        aria-label={t('triggers.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        type="search"
      />
      {groups.length === 0 && (
        <Empty
          title={t('triggers.none')}
          text={query === '' ? t('triggers.noApps') : t('triggers.otherWords')}
        />
      )}
      {groups.map(({ app, triggers }) => (
        <section key={app.id} aria-labelledby={`${id}-${app.id}`}>
          <Title order={3} size="sm" c="dimmed" fw={600} mb="xs" id={`${id}-${app.id}`}>
            {app.builtIn ? t('triggers.always') : app.name}
          </Title>
          <ul className={classes.choices}>
            {triggers.map((trigger) => {
              const scheduled = timeField(trigger) !== undefined
              const about = describe(trigger, t)
              return (
                <li key={trigger.triggerKey}>
                  <UnstyledButton
                    className={classes.choice}
                    aria-pressed={trigger === chosen}
                    onClick={() => onPick({ appId: trigger.appId, triggerKey: trigger.triggerKey })}
                  >
                    <span className={classes.icon} aria-hidden>
                      {scheduled || trigger.triggerKey === 'schedule' ? (
                        <IconCalendarTime size={18} />
                      ) : (
                        <IconBolt size={18} />
                      )}
                    </span>
                    <span className={classes.words}>
                      <span className={classes.name}>{nameOf(trigger, app.builtIn, t)}</span>
                      {about && (
                        <Text component="span" size="xs" c="dimmed" lineClamp={2}>
                          {about}
                        </Text>
                      )}
                    </span>
                    {scheduled && (
                      <Badge variant="light" size="sm" tt="none" fw={550}>
                        {t('triggers.scheduled')}
                      </Badge>
                    )}
                  </UnstyledButton>
                </li>
              )
            })}
          </ul>
        </section>
      ))}
    </Stack>
  )
}

type T = ReturnType<typeof useTranslation<'forms'>>['t']

const builtIn = ['schedule', 'webhook', 'custom'] as const
type BuiltIn = (typeof builtIn)[number]

function nameOf(trigger: CatalogTrigger, ofBelay: boolean, t: T): string {
  const key = trigger.triggerKey as BuiltIn
  return ofBelay && builtIn.includes(key) ? t(`triggers.${key}`) : trigger.displayName
}

/** What a trigger is, in a sentence: its own description, what its date allows, or what comes with it. */
function describe(trigger: CatalogTrigger, t: T): string | undefined {
  const key = trigger.triggerKey as BuiltIn
  const schema = trigger.payloadDataSchema
  if (!schema?.description && builtIn.includes(key)) return t(`triggers.${key}About`)
  if (schema?.description) return schema.description
  const titles = Object.values(schema?.properties ?? {}).flatMap((p) =>
    p.title && p.hidden !== true && p.format !== 'uuid' ? [p.title] : [],
  )
  return titles.length > 0 ? t('triggers.brings', { fields: titles.slice(0, 5).join(', ') }) : undefined
}

function found(catalog: Catalog, query: string, about: (trigger: CatalogTrigger) => string | undefined) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return [...catalog]
    .sort((a, b) => Number(a.builtIn) - Number(b.builtIn))
    .map((app) => ({
      app,
      triggers: app.triggers.filter((trigger) => {
        const text = [trigger.displayName, app.name, about(trigger)].join(' ').toLowerCase()
        return !trigger.metadata.hidden && words.every((w) => text.includes(w))
      }),
    }))
    .filter((group) => group.triggers.length > 0)
}
