import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { frame } from '@/routes'

/** The area's routes. */
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const yes = (value: unknown) => (value === true ? true : undefined)

type Search = Record<string, unknown>
const byCustomer = (search: Search): { customer?: string } => ({ customer: text(search.customer) })

const list = createRoute({
  getParentRoute: () => frame,
  path: '/invoices',
  validateSearch: (search: Search): { customer?: string; state?: string; unpaid?: true; overdue?: true } => ({
    ...byCustomer(search),
    state: text(search.state),
    unpaid: yes(search.unpaid),
    overdue: yes(search.overdue),
  }),
  component: lazyRouteComponent(() => import('./Invoices'), 'Invoices'),
})

const preview = createRoute({
  getParentRoute: () => frame,
  path: '/invoices/preview',
  validateSearch: byCustomer,
  component: lazyRouteComponent(() => import('./Preview'), 'Preview'),
})

const invoice = createRoute({
  getParentRoute: () => frame,
  path: '/invoices/$id',
  validateSearch: (search: Search): { show?: 'calls' } => ({
    show: search.show === 'calls' ? 'calls' : undefined,
  }),
  component: lazyRouteComponent(() => import('./Invoice'), 'Invoice'),
})

const creditNotes = createRoute({
  getParentRoute: () => frame,
  path: '/credit-notes',
  validateSearch: byCustomer,
  component: lazyRouteComponent(() => import('./Papers'), 'CreditNotes'),
})

const creditNote = createRoute({
  getParentRoute: () => frame,
  path: '/credit-notes/$id',
  component: lazyRouteComponent(() => import('./PaperPage'), 'CreditNote'),
})

const receipts = createRoute({
  getParentRoute: () => frame,
  path: '/receipts',
  validateSearch: byCustomer,
  component: lazyRouteComponent(() => import('./Papers'), 'Receipts'),
})

const receipt = createRoute({
  getParentRoute: () => frame,
  path: '/receipts/$id',
  component: lazyRouteComponent(() => import('./PaperPage'), 'Receipt'),
})

const statements = createRoute({
  getParentRoute: () => frame,
  path: '/statements',
  validateSearch: byCustomer,
  component: lazyRouteComponent(() => import('./Papers'), 'Statements'),
})

const statement = createRoute({
  getParentRoute: () => frame,
  path: '/statements/$id',
  component: lazyRouteComponent(() => import('./PaperPage'), 'Statement'),
})

const payments = createRoute({
  getParentRoute: () => frame,
  path: '/payments',
  // `record` opens the form, for links that lead to it.
  validateSearch: (search: Search): { customer?: string; record?: true; invoice?: string } => ({
    ...byCustomer(search),
    record: yes(search.record),
    invoice: text(search.invoice),
  }),
  component: lazyRouteComponent(() => import('./Payments'), 'Payments'),
})

const credits = createRoute({
  getParentRoute: () => frame,
  path: '/credits',
  validateSearch: (search: Search): { customer?: string; record?: true } => ({
    ...byCustomer(search),
    record: yes(search.record),
  }),
  component: lazyRouteComponent(() => import('./Credits'), 'Credits'),
})

const vouchers = createRoute({
  getParentRoute: () => frame,
  path: '/vouchers',
  validateSearch: byCustomer,
  component: lazyRouteComponent(() => import('./vouchers/Vouchers'), 'Vouchers'),
})

const voucherBatch = createRoute({
  getParentRoute: () => frame,
  path: '/vouchers/$id',
  component: lazyRouteComponent(() => import('./vouchers/Batch'), 'Batch'),
})

const bank = createRoute({
  getParentRoute: () => frame,
  path: '/bank',
  component: lazyRouteComponent(() => import('./bank/BankFiles'), 'BankFiles'),
})

const REPORT_TABS = ['balances', 'revenue', 'usage', 'months'] as const
type ReportTab = (typeof REPORT_TABS)[number]

const reports = createRoute({
  getParentRoute: () => frame,
  path: '/reports',
  validateSearch: (search: Search): { tab?: ReportTab; from?: string; to?: string } => ({
    tab: REPORT_TABS.find((tab) => tab === search.tab),
    from: text(search.from),
    to: text(search.to),
  }),
  component: lazyRouteComponent(() => import('./reports/Reports'), 'Reports'),
})

const billRuns = createRoute({
  getParentRoute: () => frame,
  path: '/bill-runs',
  component: lazyRouteComponent(() => import('./BillRuns'), 'BillRuns'),
})

const billRun = createRoute({
  getParentRoute: () => frame,
  path: '/bill-runs/$id',
  component: lazyRouteComponent(() => import('./BillRun'), 'BillRun'),
})

export const invoicesRoutes = [
  list,
  preview,
  invoice,
  creditNotes,
  creditNote,
  receipts,
  receipt,
  statements,
  statement,
  payments,
  bank,
  reports,
  credits,
  vouchers,
  voucherBatch,
  billRuns,
  billRun,
]
