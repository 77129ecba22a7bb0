import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'
import { readFilters } from './narrowing'

const historyRoute = createRoute({
  getParentRoute: () => frame,
  path: '/calls',
  validateSearch: readFilters,
  component: lazyRouteComponent(() => import('./History'), 'History'),
})

const liveRoute = createRoute({
  getParentRoute: () => frame,
  path: '/calls/live',
  component: lazyRouteComponent(() => import('./Live'), 'Live'),
})

const unratedRoute = createRoute({
  getParentRoute: () => frame,
  path: '/calls/unrated',
  component: lazyRouteComponent(() => import('./Unrated'), 'Unrated'),
})

const callRoute = createRoute({
  getParentRoute: () => frame,
  path: '/calls/$id',
  component: lazyRouteComponent(() => import('./Call'), 'Call'),
})

/** The area's routes. */
export const callsRoutes = [historyRoute, liveRoute, unratedRoute, callRoute]
