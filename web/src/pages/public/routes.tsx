import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { root } from '@/routes'

const agentRoute = createRoute({
  getParentRoute: () => root,
  path: '/call/$agent',
  component: lazyRouteComponent(() => import('./AgentPage'), 'AgentPage'),
})

/** Pages for everybody: nobody needs to be signed in. */
export const publicRoutes = [agentRoute]
