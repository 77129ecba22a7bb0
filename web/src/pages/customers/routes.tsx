import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

const customersRoute = createRoute({
  getParentRoute: () => frame,
  path: '/customers',
  validateSearch: (search: Record<string, unknown>): { search?: string } => ({ search: text(search.search) }),
  component: lazyRouteComponent(() => import('./Customers'), 'Customers'),
})

export const customersRoutes = [customersRoute]
