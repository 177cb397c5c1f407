import { createRoute, createRouter } from '@tanstack/react-router'
import {
  accountRoute,
  portalRoute,
  portalSettingsRoute,
  signInRoute,
  usersRoute,
  welcomeRoute,
} from '@/features/access/routes'
import { automationsRoute, templatesRoute } from '@/features/automations/routes'
import { builderRoute, newAutomationRoute } from '@/features/builder/routes'
import { appRoute, appsRoute } from '@/features/developer/routes'
import { eventRoute, eventsRoute, signatureRoute } from '@/features/explorer/routes'
import { inboxRoute, outboxRoute } from '@/features/inbox/routes'
import { auditRoute, nodesRoute, overviewRoute, sitesRoute } from '@/features/operator/routes'
import { previewRoute } from '@/features/preview/routes'
import { runRoute, runsRoute } from '@/features/runs/routes'
import { upcomingRoute } from '@/features/upcoming/routes'
import { Home, Nothing } from './Home'
import { devRoute, opsRoute, rootRoute, signedRoute, siteRoute } from './roots'

const homeRoute = createRoute({ getParentRoute: () => signedRoute, path: '/', component: Home })
const nothingRoute = createRoute({ getParentRoute: () => signedRoute, path: '/nothing', component: Nothing })

// Each feature's routes.tsx says where its pages hang.
const tree = rootRoute.addChildren([
  signInRoute,
  welcomeRoute,
  portalRoute,
  signedRoute.addChildren([
    homeRoute,
    nothingRoute,
    accountRoute,
    siteRoute.addChildren([
      automationsRoute,
      templatesRoute,
      newAutomationRoute,
      builderRoute,
      previewRoute,
      upcomingRoute,
      portalSettingsRoute,
      runsRoute,
      runRoute,
      inboxRoute,
      outboxRoute,
    ]),
    devRoute.addChildren([appsRoute, appRoute, eventsRoute, eventRoute, signatureRoute]),
    opsRoute.addChildren([overviewRoute, sitesRoute, usersRoute, nodesRoute, auditRoute]),
  ]),
])

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingMs: 150,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
