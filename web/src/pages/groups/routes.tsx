import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { isDay } from '@/format/civil'
import { frame } from '@/routes'

export const TABS = [
  'roster',
  'who',
  'swaps',
  'messages',
  'calls',
  'statistics',
  'calendar',
  'settings',
] as const

/** Over how many days statistics can be, today included. */
export const SPANS = [7, 28, 91]

/** What of a group is shown. */
export type GroupTab = (typeof TABS)[number]

export interface GroupSearch {
  tab?: GroupTab
  /** A day of the week that the roster shows; this week, where there is none. */
  week?: string
  /** Whether the roster has a row for each person. */
  by?: 'person'
  /** The day whose calls are shown; all, where there is none. */
  day?: string
  /** The call that is open. */
  call?: string
  /** Over how many days the statistics are. */
  days?: number
}

const dayIn = (given: unknown) => (typeof given === 'string' && isDay(given) ? given : undefined)

const groups = createRoute({
  getParentRoute: () => frame,
  path: '/groups',
  component: lazyRouteComponent(() => import('./Groups'), 'Groups'),
})

const group = createRoute({
  getParentRoute: () => frame,
  path: '/groups/$id',
  validateSearch: ({ tab, week, by, day, call, days }: Record<string, unknown>): GroupSearch => ({
    tab: TABS.find((each) => each === tab),
    week: dayIn(week),
    by: by === 'person' ? by : undefined,
    day: dayIn(day),
    call: typeof call === 'string' && call !== '' ? call : undefined,
    days: SPANS.find((each) => each === days),
  }),
  component: lazyRouteComponent(() => import('./GroupPage'), 'GroupPage'),
})

const reminders = createRoute({
  getParentRoute: () => frame,
  path: '/reminders',
  validateSearch: ({ date }: Record<string, unknown>): { date?: string } => ({ date: dayIn(date) }),
  component: lazyRouteComponent(() => import('./reminders/RemindersPage'), 'RemindersPage'),
})

/** Where mails lead to. */
const inMails = (['messages', 'calls'] as const).map((tab) =>
  createRoute({
    getParentRoute: () => frame,
    path: `/groups/$id/${tab}`,
    beforeLoad: ({ params }) => {
      const { id } = params as { id: string }
      throw redirect({ to: '/groups/$id', params: { id }, search: { tab }, replace: true })
    },
  }),
)

/** The area's routes. */
export const groupsRoutes = [groups, group, reminders, ...inMails]
