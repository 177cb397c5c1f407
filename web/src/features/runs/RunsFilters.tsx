import { Button, Chip, CloseButton, Group, Select, Stack, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { automationNamesQuery, type RunRow, type RunState, type RunsSearch, runStates } from './queries'

type Props = { site: string; search: RunsSearch; known: RunRow[] }

/** What the list is narrowed to. It stands in the address, so that a link shows the same list. */
export function RunsFilters({ site, search, known }: Props) {
  const { t } = useTranslation('runs')
  const navigate = useNavigate({ from: '/s/$site/runs' })
  const set = (change: Partial<RunsSearch>) =>
    void navigate({ search: (was) => without({ ...was, ...change }), replace: true })
  return (
    <Stack gap="sm" mb="md" component="section" aria-label={t('filters.label')}>
      <Group gap="sm" wrap="wrap" align="flex-start">
        <SearchField value={search.search ?? ''} onChange={(text) => set({ search: text || undefined })} />
        <AutomationField
          site={site}
          value={search.automation}
          known={known}
          onChange={(id) => set({ automation: id })}
        />
      </Group>
      <Group gap="xs">
        <Chip.Group value={search.state ?? ''} onChange={(s) => set({ state: (s as RunState) || undefined })}>
          <Group gap={6} role="radiogroup" aria-label={t('filters.state')}>
            <Chip value="" size="sm" variant="light">
              {t('filters.all')}
            </Chip>
            {runStates.map((s) => (
              <Chip key={s} value={s} size="sm" variant="light">
                {t(`states.${s}`)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        {search.entity && (
          <Button
            size="compact-sm"
            variant="light"
            rightSection={<CloseButton component="span" size="xs" aria-hidden />}
            onClick={() => set({ entity: undefined })}
          >
            {t('filters.entity')}
          </Button>
        )}
        {Object.keys(search).length > 1 && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            onClick={() => void navigate({ search: {}, replace: true })}
          >
            {t('filters.clear')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

function without(search: RunsSearch): RunsSearch {
  return Object.fromEntries(Object.entries(search).filter(([, v]) => v !== undefined))
}

function SearchField({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation('runs')
  const [text, setText] = useState(value)
  const later = useDebouncedCallback(onChange, 350)
  return (
    <TextInput
      flex={{ base: '1 1 100%', sm: '1 1 260px' }}
      aria-label={t('filters.search')}
      placeholder={t('filters.searchHint')}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      maxLength={200}
      type="search"
      onChange={(e) => {
        setText(e.currentTarget.value)
        later(e.currentTarget.value.trim())
      }}
    />
  )
}

type AutomationProps = {
  site: string
  value: string | undefined
  known: RunRow[]
  onChange: (id: string | undefined) => void
}

function AutomationField({ site, value, known, onChange }: AutomationProps) {
  const { t } = useTranslation('runs')
  const [opened, setOpened] = useState(false)
  const names = useQuery({ ...automationNamesQuery(site), enabled: opened || value !== undefined })
  const data = names.data ?? []
  const chosen = value && !data.some((d) => d.value === value)
  const name = known.find((r) => r.automationId === value)?.automationName ?? t('goneAutomation')
  return (
    <Select
      w={{ base: '100%', sm: 260 }}
      aria-label={t('filters.automation')}
      placeholder={t('filters.anyAutomation')}
      data={chosen ? [{ value, label: name }, ...data] : data}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      onDropdownOpen={() => setOpened(true)}
      nothingFoundMessage={names.isFetching ? t('more') : '–'}
      searchable
      clearable
      limit={100}
    />
  )
}
