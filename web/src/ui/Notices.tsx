import { lazy, Suspense, useSyncExternalStore } from 'react'
import { notices } from './notify'

const Container = lazy(async () => {
  const [{ Notifications }] = await Promise.all([
    import('@mantine/notifications'),
    import('@mantine/notifications/styles.layer.css'),
  ])
  return { default: Notifications }
})

/** Where what notify says is shown. */
export function Notices() {
  const asked = useSyncExternalStore(notices.subscribe, notices.asked)
  if (!asked) return null
  return (
    <Suspense>
      <Container position="bottom-right" />
    </Suspense>
  )
}
