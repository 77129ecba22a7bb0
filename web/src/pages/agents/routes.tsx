import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

const TABS = ['calls', 'earnings', 'blocks'] as const

/** What of an agent is shown. */
export type AgentTab = (typeof TABS)[number]

const agents = createRoute({
  getParentRoute: () => frame,
  path: '/agents',
  component: lazyRouteComponent(() => import('./Agents'), 'Agents'),
})

const importing = createRoute({
  getParentRoute: () => frame,
  path: '/agents/import',
  component: lazyRouteComponent(() => import('./ImportAgents'), 'ImportAgents'),
})

const agent = createRoute({
  getParentRoute: () => frame,
  path: '/agents/$id',
  validateSearch: (search: Record<string, unknown>): { tab?: AgentTab } => ({
    tab: TABS.find((tab) => tab === search.tab),
  }),
  component: lazyRouteComponent(() => import('./AgentPage'), 'AgentPage'),
})

const payouts = createRoute({
  getParentRoute: () => frame,
  path: '/payouts',
  validateSearch: (search: Record<string, unknown>): { agent?: string } => ({ agent: text(search.agent) }),
  component: lazyRouteComponent(() => import('./Payouts'), 'Payouts'),
})

const payout = createRoute({
  getParentRoute: () => frame,
  path: '/payouts/$id',
  component: lazyRouteComponent(() => import('./Payout'), 'Payout'),
})

const payoutFiles = createRoute({
  getParentRoute: () => frame,
  path: '/payout-files',
  component: lazyRouteComponent(() => import('./files/PayoutFiles'), 'PayoutFiles'),
})

const payoutFile = createRoute({
  getParentRoute: () => frame,
  path: '/payout-files/$id',
  component: lazyRouteComponent(() => import('./files/PayoutFile'), 'PayoutFile'),
})

/** The area's routes. */
export const agentsRoutes = [agents, importing, agent, payouts, payout, payoutFiles, payoutFile]
