import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'

const text = (value: unknown) =>
  (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined

const count = (value: unknown) => (Number.isInteger(value) ? Number(value) : undefined)

const plansRoute = createRoute({
  getParentRoute: () => frame,
  path: '/plans',
  component: lazyRouteComponent(() => import('./plans/Plans'), 'Plans'),
})

const newPlanRoute = createRoute({
  getParentRoute: () => frame,
  path: '/plans/new',
  component: lazyRouteComponent(() => import('./plans/NewPlan'), 'NewPlan'),
})

const planRoute = createRoute({
  getParentRoute: () => frame,
  path: '/plans/$id',
  component: lazyRouteComponent(() => import('./plans/Plan'), 'PlanPage'),
})

const newVersionRoute = createRoute({
  getParentRoute: () => frame,
  path: '/plans/$id/new-version',
  component: lazyRouteComponent(() => import('./plans/NewVersion'), 'NewVersion'),
})

const decksRoute = createRoute({
  getParentRoute: () => frame,
  path: '/decks',
  component: lazyRouteComponent(() => import('./decks/Decks'), 'Decks'),
})

interface DeckSearch {
  /** The number that is looked for. */
  number?: string
  /** The digits that the entries begin with. */
  prefix?: string
  /** The number of the version that is shown, where it is not the one in force. */
  version?: number
}

const deckRoute = createRoute({
  getParentRoute: () => frame,
  path: '/decks/$id',
  validateSearch: (search: Record<string, unknown>): DeckSearch => ({
    number: text(search.number),
    prefix: text(search.prefix),
    version: count(search.version),
  }),
  component: lazyRouteComponent(() => import('./decks/Deck'), 'DeckPage'),
})

/** What is asked, in the address. */
export interface Asked {
  /** The number called. */
  to?: string
  /** The agent called. */
  agent?: string
  /** The plan, or the line whose plan it is. */
  plan?: string
  line?: string
  /** When it begins, by the clocks of the tenant's zone. */
  at?: string
  seconds?: number
}

const calculatorRoute = createRoute({
  getParentRoute: () => frame,
  path: '/calculator',
  validateSearch: (search: Record<string, unknown>): Asked => ({
    to: text(search.to),
    agent: text(search.agent),
    plan: text(search.plan),
    line: text(search.line),
    at: text(search.at),
    seconds: count(search.seconds),
  }),
  component: lazyRouteComponent(() => import('./calculator/Calculator'), 'Calculator'),
})

/** The area's routes. */
export const pricesRoutes = [
  plansRoute,
  newPlanRoute,
  planRoute,
  newVersionRoute,
  decksRoute,
  deckRoute,
  calculatorRoute,
] as const
