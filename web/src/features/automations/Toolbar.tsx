import { Box, CloseButton, NativeSelect, TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type CardPage, type Look, shows, sorts } from './cards'
import classes from './list.module.css'

type Props = {
  look: Partial<Look>
  counts: CardPage['counts'] | undefined
  onLook: (look: Partial<Look>) => void
  locale: string
}

/** Search, choice and order of the list. */
export function Toolbar({ look, counts, onLook, locale }: Props) {
  const { t } = useTranslation('automations')
  const [text, setText] = useState(look.search ?? '')
  const later = useDebouncedCallback((search: string) => onLook({ ...look, search }), 180)
  function type(value: string) {
    setText(value)
    later(value)
  }
  const n = {
    ALL: 'all',
    ACTIVE: 'active',
    INACTIVE: 'inactive',
    DRAFT: 'draft',
    PREINSTALLED: 'preinstalled',
  } as const
  const number = new Intl.NumberFormat(locale)
  return (
    <Box className={classes.toolbar}>
      <TextInput
        className={classes.search}
        type="search"
        value={text}
        onChange={(e) => type(e.currentTarget.value)}
        placeholder={t('search')}
        aria-label={t('search')}
        maxLength={200}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          text && <CloseButton size="sm" aria-label={t('clearSearch')} onClick={() => type('')} />
        }
      />
      <Box className={classes.chips} role="group" aria-label={t('show.label')}>
        {shows
          .filter((s) => s === 'ALL' || s === (look.show ?? 'ALL') || !counts || counts[n[s]] > 0)
          .map((show) => (
            <UnstyledButton
              key={show}
              className={classes.chip}
              aria-pressed={(look.show ?? 'ALL') === show}
              onClick={() => onLook({ ...look, show })}
            >
              {t(`show.${show}`)}
              {counts && <span className={classes.count}>{number.format(counts[n[show]])}</span>}
            </UnstyledButton>
          ))}
      </Box>
      <NativeSelect
        aria-label={t('sort.label')}
        value={look.sort ?? sorts[0]}
        onChange={(e) => onLook({ ...look, sort: e.currentTarget.value as Look['sort'] })}
        data={sorts.map((value) => ({ value, label: t(`sort.${value}`) }))}
      />
    </Box>
  )
}
