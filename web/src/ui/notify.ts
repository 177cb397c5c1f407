import type { NotificationData } from '@mantine/notifications'

let asked = false
const listeners = new Set<() => void>()

/** Says something at the edge of the page for some seconds. What shows it is loaded when it is first needed. */
export async function notify(notice: NotificationData): Promise<void> {
  asked = true
  for (const listener of listeners) listener()
  const { notifications } = await import('@mantine/notifications')
  notifications.show(notice)
}

/** Whether anything was ever said; for useSyncExternalStore. */
export const notices = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  asked: () => asked,
}
