import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'

/** Of how many weeks the server tells shifts at once. */
export const MOST_WEEKS = 13

const deskRoute = createRoute({
  getParentRoute: () => frame,
  path: '/desk',
  component: lazyRouteComponent(() => import('./Desk'), 'Desk'),
})

const conversationRoute = createRoute({
  getParentRoute: () => frame,
  path: '/desk/conversations/$id',
  component: lazyRouteComponent(() => import('./DeskConversation'), 'DeskConversation'),
})

const shiftsRoute = createRoute({
  getParentRoute: () => frame,
  path: '/desk/shifts',
  validateSearch: ({ weeks }: Record<string, unknown>): { weeks?: number } => ({
    weeks:
      typeof weeks === 'number' && Number.isInteger(weeks) && weeks > 0 && weeks <= MOST_WEEKS
        ? weeks
        : undefined,
  }),
  component: lazyRouteComponent(() => import('./shifts/ShiftsPage'), 'ShiftsPage'),
})

export const deskRoutes = [deskRoute, conversationRoute, shiftsRoute]
