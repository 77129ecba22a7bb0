import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'

const overviewRoute = createRoute({
  getParentRoute: () => frame,
  path: '/overview',
  component: lazyRouteComponent(() => import('./Overview'), 'Overview'),
})

export const overviewRoutes = [overviewRoute]
