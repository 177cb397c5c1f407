import { Button, Combobox, useCombobox } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Field, searched } from '@/lib/schema/fields'
import { useForms } from './FormsContext'
import classes from './formula.module.css'

const most = 60

/** A button that lists the values which can be inserted, each with its example. */
export function VariablePicker({ onPick, label }: { onPick: (field: Field) => void; label: string }) {
  const { t } = useTranslation('forms')
  const { fields } = useForms()
  const [query, setQuery] = useState('')
  const combobox = useCombobox({
    onDropdownOpen: () => combobox.focusSearchInput(),
    onDropdownClose: () => {
      setQuery('')
      combobox.resetSelectedOption()
    },
  })
  // Enter takes the first that fits, as in the picker of steps.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever other options are listed
  useEffect(() => {
    if (combobox.dropdownOpened) combobox.selectFirstOption()
  }, [query, combobox.dropdownOpened])
  const shown = searched(fields, query)
    .filter((f) => f.kind !== 'object')
    .slice(0, most)
  const groups = groupsOf(shown, t('picker.top'))
  return (
    <Combobox
      store={combobox}
      position="bottom-end"
      width="min(20rem, calc(100vw - 2rem))"
      withinPortal
      // Measured when it is shown: what is hidden has no width to keep on the screen.
      keepMounted={false}
      onOptionSubmit={(path) => {
        const field = fields.find((f) => f.path === path)
        combobox.closeDropdown()
        if (field) onPick(field)
      }}
    >
      <Combobox.Target withAriaAttributes={false}>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => combobox.toggleDropdown()}
          aria-label={label}
          aria-haspopup="listbox"
          aria-expanded={combobox.dropdownOpened}
        >
          {t('picker.insert')}
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          placeholder={t('picker.search')}
          aria-label={t('picker.search')}
        />
        <Combobox.Options aria-label={t('picker.list')} mah={300} tabIndex={0} style={{ overflowY: 'auto' }}>
          {shown.length === 0 && (
            <Combobox.Empty>{fields.length === 0 ? t('picker.none') : t('picker.nothing')}</Combobox.Empty>
          )}
          {groups.map(([name, list]) => (
            <Combobox.Group key={name} label={name}>
              {list.map((f) => (
                <Combobox.Option key={f.path} value={f.path} className={classes.option}>
                  <span className={classes.optionTitle}>{[...f.within.slice(1), f.title].join(' › ')}</span>
                  <span className={classes.optionHint}>{exampleText(f.example) ?? t(`kind.${f.kind}`)}</span>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

/** Fields below what they lie in. */
export function groupsOf(fields: Field[], top: string): [string, Field[]][] {
  const groups = new Map<string, Field[]>()
  for (const f of fields) {
    const name = f.within[0] ?? top
    groups.set(name, [...(groups.get(name) ?? []), f])
  }
  return [...groups]
}

/** An example as it is shown beside a field; undefined for none. */
export function exampleText(example: unknown): string | undefined {
  if (example === undefined || example === null) return undefined
  const text = typeof example === 'string' ? example : JSON.stringify(example)
  return text === '' ? undefined : text
}
