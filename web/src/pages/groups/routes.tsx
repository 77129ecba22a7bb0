import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { isDay } from '@/format/civil'
import { frame } from '@/routes'

export const TABS = ['roster', 'who', 'settings'] as const

/** What of a group is shown. */
export type GroupTab = (typeof TABS)[number]

export interface GroupSearch {
  tab?: GroupTab
  /** A day of the week that the roster shows; this week, where there is none. */
  week?: string
  /** Whether the roster has a row for each person. */
  by?: 'person'
}

const groups = createRoute({
  getParentRoute: () => frame,
  path: '/groups',
  component: lazyRouteComponent(() => import('./Groups'), 'Groups'),
})

const group = createRoute({
  getParentRoute: () => frame,
  path: '/groups/$id',
  validateSearch: ({ tab, week, by }: Record<string, unknown>): GroupSearch => ({
    tab: TABS.find((each) => each === tab),
    week: typeof week === 'string' && isDay(week) ? week : undefined,
    by: by === 'person' ? by : undefined,
  }),
  component: lazyRouteComponent(() => import('./GroupPage'), 'GroupPage'),
})

/** The area's routes. */
export const groupsRoutes = [groups, group]
