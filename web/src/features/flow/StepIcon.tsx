import {
  IconArrowMerge,
  IconArrowsSplit2,
  IconBell,
  IconBolt,
  IconCode,
  IconFlag,
  IconHourglass,
  IconMail,
  IconPlugConnected,
  IconSend,
  IconShieldHalf,
  IconSitemap,
  IconVariable,
} from '@tabler/icons-react'
import type { Look } from './describe'
import classes from './flow.module.css'

const pictures = {
  trigger: [IconBolt, 'belay'],
  email: [IconMail, 'blue'],
  notify: [IconBell, 'blue'],
  request: [IconSend, 'blue'],
  app: [IconPlugConnected, 'blue'],
  APP_DEFINED: [IconPlugConnected, 'blue'],
  CONDITION: [IconArrowsSplit2, 'violet'],
  CODE_CONDITION: [IconCode, 'violet'],
  SPLIT: [IconSitemap, 'violet'],
  MERGE: [IconArrowMerge, 'violet'],
  DELAY: [IconHourglass, 'orange'],
  RATE_LIMIT: [IconShieldHalf, 'pink'],
  SET_VARIABLES: [IconVariable, 'grape'],
  OUTPUT: [IconFlag, 'gray'],
} as const

/** The picture of a kind of step on its colour. */
export function StepIcon({ look, size = 36 }: { look: Look; size?: number }) {
  const [Icon, color] = pictures[look]
  return (
    <span
      className={classes.icon}
      style={{
        width: size,
        height: size,
        background: `var(--mantine-color-${color}-light)`,
        color: `var(--mantine-color-${color}-light-color)`,
      }}
      aria-hidden
    >
      <Icon size={Math.round(size * 0.55)} stroke={1.8} />
    </span>
  )
}
