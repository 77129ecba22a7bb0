import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'

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

export const deskRoutes = [deskRoute, conversationRoute]
