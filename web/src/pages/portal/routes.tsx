import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

const accountRoute = createRoute({
  getParentRoute: () => frame,
  path: '/portal',
  validateSearch: (search: Record<string, unknown>): { checkout?: string } => ({
    checkout: text(search.checkout),
  }),
  component: lazyRouteComponent(() => import('./Account'), 'Account'),
})

const callsRoute = createRoute({
  getParentRoute: () => frame,
  path: '/portal/calls',
  validateSearch: (search: Record<string, unknown>): { call?: string; disposition?: string } => ({
    call: text(search.call),
    disposition: text(search.disposition),
  }),
  component: lazyRouteComponent(() => import('./Calls'), 'Calls'),
})

const voicemailRoute = createRoute({
  getParentRoute: () => frame,
  path: '/portal/voicemail',
  component: lazyRouteComponent(() => import('./Voicemail'), 'Voicemail'),
})

const invoicesRoute = createRoute({
  getParentRoute: () => frame,
  path: '/portal/invoices',
  component: lazyRouteComponent(() => import('./Invoices'), 'Invoices'),
})

const agentsRoute = createRoute({
  getParentRoute: () => frame,
  path: '/portal/agents',
  component: lazyRouteComponent(() => import('./Agents'), 'Agents'),
})

const messagesRoute = createRoute({
  getParentRoute: () => frame,
  path: '/portal/messages',
  validateSearch: (search: Record<string, unknown>): { to?: string } => ({ to: text(search.to) }),
  component: lazyRouteComponent(() => import('./Messages'), 'Messages'),
})

const messageRoute = createRoute({
  getParentRoute: () => frame,
  path: '/portal/messages/$id',
  component: lazyRouteComponent(() => import('./Messages'), 'OneConversation'),
})

export const portalRoutes = [
  accountRoute,
  callsRoute,
  voicemailRoute,
  invoicesRoute,
  agentsRoute,
  messagesRoute,
  messageRoute,
]
