import { Stack } from '@mantine/core'
import { isOperator, useSession } from '@/app/session'
import { ApiKeys } from './parts/ApiKeys'
import { AppSecrets } from './parts/AppSecrets'
import { SigningKeys } from './parts/SigningKeys'
import type { App } from './queries'

/** What proves the app to Belay, and Belay to the app. */
export function KeysTab({ app }: { app: App }) {
  const operator = isOperator(useSession())
  return (
    <Stack gap="lg" maw={820}>
      <AppSecrets app={app} />
      <SigningKeys app={app.id} />
      {operator && <ApiKeys app={app.id} />}
    </Stack>
  )
}
