import {
  type Icon,
  IconApps,
  IconAppWindow,
  IconBell,
  IconBolt,
  IconBroadcast,
  IconBuildingStore,
  IconCalendarTime,
  IconClipboardList,
  IconEye,
  IconGauge,
  IconHistory,
  IconMailForward,
  IconServer2,
  IconUsers,
} from '@tabler/icons-react'
import type app from '@/i18n/en/app'
import { isDeveloper, isOperator, mayEdit, type Session } from './session'

/** One entry of the menu. `label` is a key below nav in the texts of app. */
export type Entry = {
  to: string
  label: keyof (typeof app)['nav']
  icon: Icon
  /** For those alone who may change the site, and live here. */
  edits?: boolean
}

export type Section = { id: 'site' | 'developer' | 'operator'; entries: Entry[] }

const site: Entry[] = [
  { to: '/s/$site/automations', label: 'automations', icon: IconBolt },
  { to: '/s/$site/upcoming', label: 'upcoming', icon: IconCalendarTime },
  { to: '/s/$site/runs', label: 'runs', icon: IconHistory },
  { to: '/s/$site/inbox', label: 'inbox', icon: IconBell },
  { to: '/s/$site/outbox', label: 'outbox', icon: IconMailForward },
  { to: '/s/$site/preview', label: 'preview', icon: IconEye },
  { to: '/s/$site/portal', label: 'portal', icon: IconAppWindow, edits: true },
]
const developer: Entry[] = [
  { to: '/dev/apps', label: 'apps', icon: IconApps },
  { to: '/dev/events', label: 'events', icon: IconBroadcast },
]
const operator: Entry[] = [
  { to: '/ops', label: 'overview', icon: IconGauge },
  { to: '/ops/sites', label: 'sites', icon: IconBuildingStore },
  { to: '/ops/users', label: 'users', icon: IconUsers },
  { to: '/ops/nodes', label: 'nodes', icon: IconServer2 },
  { to: '/ops/audit', label: 'audit', icon: IconClipboardList },
]

/** What there is for somebody, by who they are. `to` of a site's pages has the site in it. */
export function sections(session: Session, siteId: string | undefined): Section[] {
  const list: Section[] = []
  if (siteId) {
    const editable = !session.portal && mayEdit(session, siteId)
    const entries = site.filter((e) => editable || !e.edits)
    list.push({ id: 'site', entries: entries.map((e) => ({ ...e, to: e.to.replace('$site', siteId) })) })
  }
  if (!session.portal && isDeveloper(session)) list.push({ id: 'developer', entries: developer })
  if (!session.portal && isOperator(session)) list.push({ id: 'operator', entries: operator })
  return list.filter((s) => s.entries.length > 0)
}
