import { Modal, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { StepIcon } from '@/features/flow/StepIcon'
import classes from './builder.module.css'
import type { Catalog } from './model/catalog'
import type { Rights } from './model/locks'
import type { Choice } from './model/newStep'
import { useChoices } from './useChoices'

type Props = {
  opened: boolean
  catalog: Catalog
  rights: Rights
  onPick: (choice: Choice) => void
  onClose: () => void
}

/** Asks what is to happen at a place: actions of apps, waits, conditions and the like. */
export function StepPicker({ opened, onClose, ...props }: Props) {
  const { t } = useTranslation('builder')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('picker.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
      size="lg"
      yOffset="8vh"
    >
      {opened && <Choices {...props} />}
    </Modal>
  )
}

function Choices({ catalog, rights, onPick }: Omit<Props, 'opened' | 'onClose'>) {
  const { t } = useTranslation('builder')
  const id = useId()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const all = useChoices(catalog, rights)
  const groups = useMemo(() => searched(all, query), [all, query])
  const flat = groups.flatMap((g) => g.choices)
  const active = flat[Math.min(at, flat.length - 1)]

  function onKeyDown(e: React.KeyboardEvent) {
    if (e.key === 'ArrowDown') setAt(Math.min(at + 1, flat.length - 1))
    else if (e.key === 'ArrowUp') setAt(Math.max(at - 1, 0))
    else if (e.key === 'Enter' && active) onPick(active.choice)
    else return
    e.preventDefault()
  }

  return (
    <>
      <TextInput
        data-autofocus
        value={query}
        onChange={(e) => {
          setQuery(e.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
        placeholder={t('picker.search')}
        aria-label={t('picker.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={active && `${id}-${active.key}`}
        mb="md"
      />
      <div role="listbox" id={`${id}-list`} aria-label={t('picker.title')}>
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: groups of options are no fieldset
          <div key={group.name} role="group" aria-label={group.name}>
            <Text size="xs" fw={600} c="dimmed" mt="sm" mb={6}>
              {group.name}
            </Text>
            <div className={classes.choices}>
              {group.choices.map((c) => (
                // biome-ignore lint/a11y/useFocusableInteractive: the field above keeps the focus
                // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys
                <div
                  key={c.key}
                  id={`${id}-${c.key}`}
                  role="option"
                  aria-selected={c === active}
                  className={classes.choice}
                  onClick={() => onPick(c.choice)}
                  onMouseMove={() => setAt(flat.indexOf(c))}
                >
                  <StepIcon look={c.look} size={34} />
                  <span className={classes.choiceText}>
                    <span className={classes.choiceName}>{c.name}</span>
                    {c.about && <span className={classes.choiceAbout}>{c.about}</span>}
                  </span>
                </div>
              ))}
            </div>
          </div>
        ))}
      </div>
      {flat.length === 0 && (
        <Text c="dimmed" ta="center" py="xl">
          {t('picker.nothing')}
        </Text>
      )}
    </>
  )
}

type Group = ReturnType<typeof useChoices>[number]

/** The choices of which each word of a query is in the name or in what is said about it. */
function searched(groups: Group[], query: string): Group[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return groups
    .map((g) => ({
      ...g,
      choices: g.choices.filter((c) => {
        const text = `${c.name} ${c.about ?? ''} ${g.name}`.toLowerCase()
        return words.every((w) => text.includes(w))
      }),
    }))
    .filter((g) => g.choices.length > 0)
}
