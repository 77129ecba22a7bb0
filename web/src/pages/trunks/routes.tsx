import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'

export const TABS = ['trunks', 'routes', 'numbers'] as const
export type Tab = (typeof TABS)[number]

const trunksRoute = createRoute({
  getParentRoute: () => frame,
  path: '/trunks',
  validateSearch: (search: Record<string, unknown>): { tab?: Tab } => ({
    tab: TABS.find((tab) => tab === search.tab),
  }),
  component: lazyRouteComponent(() => import('./TrunksPage'), 'TrunksPage'),
})

export const trunksRoutes = [trunksRoute] as const
