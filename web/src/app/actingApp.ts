import type { Schema } from '@/lib/api/client'
import { isOperator, type Session } from './session'

/** Where the app that somebody asks for is kept, for the tab. */
const key = 'belay.app'

/** The apps among which somebody has to choose: theirs, where they develop several; else none. */
export function appChoices(session: Session): Schema<'SessionApp'>[] {
  if (isOperator(session)) return []
  const mine = session.grants.flatMap((g) => (g.role === 'DEVELOPER' && g.appId ? [g.appId] : []))
  if (mine.length < 2) return []
  return mine.map((id) => ({ id, name: session.apps.find((one) => one.id === id)?.name ?? id }))
}

/** The app that somebody asks for: what is given, else the one of last time, else the first; undefined where there is no choice. */
export function actingApp(session: Session, given?: string): string | undefined {
  const choices = appChoices(session)
  const wanted = [given, sessionStorage.getItem(key)]
  return wanted.map((id) => choices.find((one) => one.id === id)).find(Boolean)?.id ?? choices[0]?.id
}

export function keepActingApp(app: string): void {
  sessionStorage.setItem(key, app)
}
