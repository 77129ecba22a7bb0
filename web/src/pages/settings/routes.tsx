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

export const settingsRoutes = [settingsRoute, sectionRoute] as const
