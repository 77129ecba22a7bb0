import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'
import { readFilters } from './narrowing'

const listRoute = createRoute({
  getParentRoute: () => frame,
  path: '/recordings',
  validateSearch: readFilters,
  component: lazyRouteComponent(() => import('./RecordingsPage'), 'RecordingsPage'),
})

export const recordingsRoutes = [listRoute] as const
