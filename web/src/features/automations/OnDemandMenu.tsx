import { ActionIcon } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CardMenuProps } from './CardMenu'

const load = () => import('./CardMenu')
const CardMenu = lazy(() => load().then((m) => ({ default: m.CardMenu })))

/** The button of a card's menu. The menu itself comes when somebody reaches for it, so that the list is there sooner. */
export function OnDemandMenu(props: CardMenuProps) {
  const { t } = useTranslation('automations')
  const [asked, setAsked] = useState(false)
  const button = (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={t('menu.label', { name: props.name })}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setAsked(true)}
    >
      <IconDots size={18} aria-hidden />
    </ActionIcon>
  )
  if (!asked) return button
  return (
    <Suspense fallback={button}>
      <CardMenu {...props} />
    </Suspense>
  )
}
