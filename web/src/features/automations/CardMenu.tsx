import { ActionIcon, Menu } from '@mantine/core'
import { IconCopy, IconDots, IconHistory, IconListDetails, IconPencil, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RowActs } from './CardRow'
import type { Card } from './cards'

export type CardMenuProps = { card: Card; name: string; site: string; editable: boolean; acts: RowActs }

/** What else can be done to an automation. It opens at once: it was asked for. */
export function CardMenu({ card, name, site, editable, acts }: CardMenuProps) {
  const { t } = useTranslation('automations')
  const [opened, setOpened] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    button.current?.focus() // so that the focus comes back to it
    setOpened(true)
  }, [])
  return (
    <Menu
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={210}
      withinPortal
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <ActionIcon
          ref={button}
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('menu.label', { name })}
        >
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component={Link}
          to={`/s/${site}/automations/${card.id}` as string}
          leftSection={<IconPencil size={16} />}
        >
          {t('menu.edit')}
        </Menu.Item>
        {!card.draft && (
          <Menu.Item
            component={Link}
            to={`/s/${site}/runs?automation=${card.id}` as string}
            leftSection={<IconListDetails size={16} />}
          >
            {t('menu.runs')}
          </Menu.Item>
        )}
        {editable && !card.draft && (
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => acts.onDuplicate(card)}>
            {t('menu.duplicate')}
          </Menu.Item>
        )}
        {!card.draft && (
          <Menu.Item leftSection={<IconHistory size={16} />} onClick={() => acts.onRevisions(card)}>
            {t('menu.revisions')}
          </Menu.Item>
        )}
        {editable && (
          <>
            <Menu.Divider />
            <Menu.Item
              c="light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))"
              leftSection={<IconTrash size={16} />}
              disabled={card.locks?.noDelete}
              onClick={() => acts.onDelete(card)}
            >
              {t(card.draft ? 'menu.discard' : 'menu.delete')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
