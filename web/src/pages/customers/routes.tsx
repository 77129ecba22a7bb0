import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'
import { KINDS, type Kind } from './timeline/events'

type Search = Record<string, unknown>

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** One of these words, if it is one other than the first, which needs not be said. */
const oneOf = <Word extends string>(words: readonly Word[], value: unknown): Word | undefined =>
  words.slice(1).find((word) => word === value)

export const CUSTOMER_TABS = [
  'timeline',
  'lines',
  'invoices',
  'payments',
  'ledger',
  'allowances',
  'items',
  'messages',
] as const

export const LINE_TABS = ['calls', 'plan', 'rules', 'phone', 'usage', 'history'] as const

const customersRoute = createRoute({
  getParentRoute: () => frame,
  path: '/customers',
  validateSearch: (search: Search): { search?: string } => ({ search: text(search.search) }),
  component: lazyRouteComponent(() => import('./Customers'), 'Customers'),
})

const customerRoute = createRoute({
  getParentRoute: () => frame,
  path: '/customers/$id',
  validateSearch: (search: Search): { tab?: (typeof CUSTOMER_TABS)[number]; show?: Kind[] } => ({
    tab: oneOf(CUSTOMER_TABS, search.tab),
    show: Array.isArray(search.show)
      ? KINDS.filter((kind) => (search.show as unknown[]).includes(kind))
      : undefined,
  }),
  component: lazyRouteComponent(() => import('./Customer'), 'Customer'),
})

const linesRoute = createRoute({
  getParentRoute: () => frame,
  path: '/lines',
  validateSearch: (search: Search): { number?: string; suspended?: true } => ({
    number: text(search.number),
    suspended: search.suspended === true || undefined,
  }),
  component: lazyRouteComponent(() => import('./lines/Lines'), 'Lines'),
})

const lineRoute = createRoute({
  getParentRoute: () => frame,
  path: '/lines/$id',
  validateSearch: (search: Search): { tab?: (typeof LINE_TABS)[number] } => ({
    tab: oneOf(LINE_TABS, search.tab),
  }),
  component: lazyRouteComponent(() => import('./lines/Line'), 'Line'),
})

export const customersRoutes = [customersRoute, customerRoute, linesRoute, lineRoute]
