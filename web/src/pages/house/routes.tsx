import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

type Search = Record<string, unknown>

const imports = createRoute({
  getParentRoute: () => frame,
  path: '/imports',
  component: lazyRouteComponent(() => import('./Imports'), 'Imports'),
})

const newImport = createRoute({
  getParentRoute: () => frame,
  path: '/imports/new',
  component: lazyRouteComponent(() => import('./NewImport'), 'NewImport'),
})

const oneImport = createRoute({
  getParentRoute: () => frame,
  path: '/imports/$id',
  component: lazyRouteComponent(() => import('./Import'), 'Import'),
})

const jobs = createRoute({
  getParentRoute: () => frame,
  path: '/jobs',
  validateSearch: (search: Search): { state?: string } => ({ state: text(search.state) }),
  component: lazyRouteComponent(() => import('./Jobs'), 'Jobs'),
})

const job = createRoute({
  getParentRoute: () => frame,
  path: '/jobs/$id',
  component: lazyRouteComponent(() => import('./Job'), 'Job'),
})

const audit = createRoute({
  getParentRoute: () => frame,
  path: '/audit',
  validateSearch: (search: Search): { subject?: string } => ({ subject: text(search.subject) }),
  component: lazyRouteComponent(() => import('./Audit'), 'Audit'),
})

const alerts = createRoute({
  getParentRoute: () => frame,
  path: '/alerts',
  validateSearch: (search: Search): { all?: true } => ({ all: search.all === true ? true : undefined }),
  component: lazyRouteComponent(() => import('./Alerts'), 'Alerts'),
})

/** The area's routes. */
export const houseRoutes = [imports, newImport, oneImport, jobs, job, audit, alerts]
