import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Look, lookOf } from '@/features/flow/describe'
import type { Catalog, CatalogAction } from './model/catalog'
import type { Rights } from './model/locks'
import { type Choice, stepTypes } from './model/newStep'

type Shown = { key: string; name: string; about?: string; look: Look; choice: Choice }

/** What people want most stands first. */
const mostUsed = ['send_email', 'notify', 'send_http_request']
const byUse = (a: CatalogAction, b: CatalogAction) => rank(a) - rank(b)
const rank = (a: CatalogAction) =>
  (mostUsed.indexOf(a.actionKey) + mostUsed.length + 1) % (mostUsed.length + 1)

/** What can be added as a step, in groups: what every site can do, its apps, then what steers the flow. */
export function useChoices(catalog: Catalog, rights: Rights): { name: string; choices: Shown[] }[] {
  const { t } = useTranslation('builder')
  const { t: flow } = useTranslation('flow')
  return useMemo(() => {
    const actions = (list: CatalogAction[]) =>
      [...list].sort(byUse).map((action): Shown => {
        const look = lookOf({ type: 'APP_DEFINED', appDefinedInfo: action })
        const own = look === 'email' || look === 'notify' || look === 'request' ? look : undefined
        return {
          key: `${action.appId}-${action.actionKey}`,
          name: own ? flow(`actions.${own}`) : action.displayName,
          about: own ? t(`about.${own}`) : action.description,
          look,
          choice: { kind: 'action', action },
        }
      })
    const apps = rights.addActions ? catalog.filter((app) => app.actions.length > 0) : []
    return [
      ...apps.map((app) => ({
        name: app.builtIn ? t('picker.do') : app.name,
        choices: actions(app.actions),
      })),
      {
        name: t('picker.steer'),
        choices: stepTypes.filter(rights.add).map(
          (type): Shown => ({
            key: type,
            name: flow(`types.${type}`),
            about: t(`about.${type}`),
            look: type,
            choice: { kind: 'type', type },
          }),
        ),
      },
    ]
  }, [catalog, rights, t, flow])
}
