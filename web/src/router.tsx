import { createRouter } from '@tanstack/react-router'
import { agentsRoutes } from './pages/agents/routes'
import { callsRoutes } from './pages/calls/routes'
import { customersRoutes } from './pages/customers/routes'
import { deskRoutes } from './pages/desk/routes'
import { groupsRoutes } from './pages/groups/routes'
import { homeRoute } from './pages/home/routes'
import { houseRoutes } from './pages/house/routes'
import { invoicesRoutes } from './pages/invoices/routes'
import { messagesRoutes } from './pages/messages/routes'
import { NotThere } from './pages/NotThere'
import { overviewRoutes } from './pages/overview/routes'
import { portalRoutes } from './pages/portal/routes'
import { pricesRoutes } from './pages/prices/routes'
import { publicRoutes } from './pages/public/routes'
import { recordingsRoutes } from './pages/recordings/routes'
import { settingsRoutes } from './pages/settings/routes'
import { trunksRoutes } from './pages/trunks/routes'
import { frame, root } from './routes'

const inFrame = [
  homeRoute,
  ...overviewRoutes,
  ...callsRoutes,
  ...recordingsRoutes,
  ...customersRoutes,
  ...messagesRoutes,
  ...invoicesRoutes,
  ...pricesRoutes,
  ...agentsRoutes,
  ...groupsRoutes,
  ...houseRoutes,
  ...settingsRoutes,
  ...trunksRoutes,
  ...deskRoutes,
  ...portalRoutes,
]

export const router = createRouter({
  routeTree: root.addChildren([frame.addChildren(inFrame), ...publicRoutes]),
  defaultPreload: 'intent',
  defaultNotFoundComponent: NotThere,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
