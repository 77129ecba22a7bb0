// What a line's fees would be for a period: asked of the function that bills, with what the line has and would have.
import { fetchClient, type Schema } from '@/api/client'
import { dayAfter, dayOf, dayStart } from '@/format/civil'

type Line = Schema<'LineDocument'>

export interface Subscription {
  name: string
  monthly_fee: string
  from: string
  to: string | null
}

/** The versions of a plan by its id, the first first. */
export type Versions = Map<string, Schema<'PlanVersionDocument'>[]>

/** What the tenant's settings say about fees. */
export interface FeeSettings {
  time_zone: string
  billing: {
    billing_day: number
    proration: string
    fee_while_suspended: boolean
    from_opening_day: boolean
    invoice_per: string
  }
}

export interface Period {
  from: string
  to: string
}

export interface Fees {
  lines: { name: string; amount: string; of: number; days?: number; seconds?: number }[]
  total: string
}

/** What a line has subscribed to, each version of its plans by itself: a new version may have a new fee. */
export function subscriptionsOf(plans: Line['plans'], versions: Versions): Subscription[] {
  return plans.flatMap(({ plan, from }, place) => {
    const until = plans[place + 1]?.from ?? null
    const ofPlan = versions.get(plan) ?? []
    return ofPlan.flatMap(({ effective_at, document }, version) => {
      const begins = version === 0 ? from : latest(effective_at, from)
      const next = ofPlan[version + 1]?.effective_at
      const ends = earliest(next ? latest(next, from) : null, until)
      if (ends && Date.parse(ends) <= Date.parse(begins)) return []
      const { name, monthly_fee } = document as unknown as { name: string; monthly_fee: string }
      return [{ name, monthly_fee, from: begins, to: ends }]
    })
  })
}

const latest = (one: string, other: string) => (Date.parse(one) >= Date.parse(other) ? one : other)

function earliest(one: string | null, other: string | null): string | null {
  if (!one || !other) return one ?? other
  return Date.parse(one) <= Date.parse(other) ? one : other
}

/** The plans of a line, were it given another from an instant on. */
export function changed(plans: Line['plans'], plan: string, from: string): Line['plans'] {
  return [...plans.filter((known) => Date.parse(known.from) < Date.parse(from)), { plan, from }]
}

/** The day of the month on which a line's periods begin. */
export function billingDay(
  line: Line,
  customer: Pick<Schema<'CustomerDocument'>, 'billing_day'>,
  { time_zone, billing }: FeeSettings,
): number {
  const isLines = billing.invoice_per === 'line' && billing.from_opening_day
  return isLines
    ? dayOfMonth(dayOf(new Date(line.opened_at), time_zone))
    : (customer.billing_day ?? billing.billing_day)
}

const dayOfMonth = (date: string) => Number(date.slice(8))

/** The period that a date belongs to, where periods begin on this day of the month. */
export function periodOf(date: string, day: number): Period {
  const [year = 0, month = 0] = date.split('-').map(Number)
  const begins = (months: number) => billingDate(year, month - 1 + months, day)
  return begins(0) <= date ? { from: begins(0), to: begins(1) } : { from: begins(-1), to: begins(0) }
}

/** The billing day of a month, or its last day where it is shorter. */
function billingDate(year: number, month: number, day: number): string {
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month, Math.min(day, last))).toISOString().slice(0, 10)
}

/** The period that a full fee pays for: the one that is billed or, where that is short, the full one that ends with it. */
export function fullPeriod(period: Period, day: number): Period {
  const endsWith = (other: number) => periodOf(dayAfter(period.to, -1), other)
  const full = endsWith(day)
  if (full.to === period.to) return full
  const byStart = endsWith(dayOfMonth(period.from))
  const isPeriod = byStart.from === period.from && byStart.to === period.to
  return isPeriod ? period : endsWith(dayOfMonth(period.to))
}

/** When it was suspended. Want of money counts up to now only: a fee that is covered lifts it. */
function suspensionsOf({ suspensions }: Line) {
  const now = new Date().toISOString()
  return suspensions.map(({ reason, from, to }) => ({ from, to: to ?? (reason === 'funds' ? now : null) }))
}

interface FeeQuestion {
  line: Line
  currency: string
  /** The period that is billed. */
  period: Period
  /** The one that a full fee pays for. */
  full: Period
  settings: FeeSettings
}

/** What these subscriptions pay for a period. */
export async function feesOf(subscriptions: Subscription[], question: FeeQuestion): Promise<Fees> {
  const { line, currency, period, full, settings } = question
  const { time_zone, billing } = settings
  const begins = dayStart(period.from, time_zone)
  const { data } = await fetchClient.POST('/api/v1/quotes', {
    // The document of the API leaves open what a quote holds.
    body: {
      kind: 'fees',
      time_zone,
      currency,
      period: full,
      proration: billing.proration,
      fee_while_suspended: billing.fee_while_suspended,
      suspensions: suspensionsOf(line),
      // What a quote takes for its period begins earlier than what is billed: what was before is paid.
      subscriptions: subscriptions
        .filter(
          ({ monthly_fee, to }) => /[1-9]/.test(monthly_fee) && (!to || Date.parse(to) > Date.parse(begins)),
        )
        .map((one) => ({ ...one, from: latest(one.from, begins) })),
    } as never,
  })
  return data as unknown as Fees
}
