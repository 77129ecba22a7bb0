import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { frame } from '@/routes'

const settingsRoute = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/$section', params: { section: 'company' }, replace: true })
  },
})

const sectionRoute = createRoute({
  getParentRoute: () => frame,
  path: '/settings/$section',
  component: lazyRouteComponent(() => import('./tenant/SettingsPage'), 'SettingsPage'),
})

const usersRoute = createRoute({
  getParentRoute: () => frame,
  path: '/users',
  component: lazyRouteComponent(() => import('./users/UsersPage'), 'UsersPage'),
})

const keysRoute = createRoute({
  getParentRoute: () => frame,
  path: '/keys',
  validateSearch: (search: Record<string, unknown>): { tab?: 'webhooks' } =>
    search.tab === 'webhooks' ? { tab: 'webhooks' } : {},
  component: lazyRouteComponent(() => import('./keys/KeysPage'), 'KeysPage'),
})

const webhookRoute = createRoute({
  getParentRoute: () => frame,
  path: '/keys/webhooks/$id',
  component: lazyRouteComponent(() => import('./keys/WebhookPage'), 'WebhookPage'),
})

const profileRoute = createRoute({
  getParentRoute: () => frame,
  path: '/profile',
  component: lazyRouteComponent(() => import('./profile/ProfilePage'), 'ProfilePage'),
})

export const settingsRoutes = [
  settingsRoute,
  sectionRoute,
  usersRoute,
  keysRoute,
  webhookRoute,
  profileRoute,
] as const
