// The documents of plans and rates as the API takes and gives them.

export interface Step {
  from_seconds: number
  price: string
  per_seconds: number
  increment_seconds: number
}

export interface Rate {
  connect_fee: string
  /** In the short form, with `increment_seconds`; else there are `steps`. */
  price_per_minute?: string
  increment_seconds?: number
  steps?: Step[]
  free_below_seconds: number
  minimum_charge: string | null
  maximum_charge: string | null
  on_maximum: 'free' | 'disconnect'
  rounding: { decimals: number; mode: string }
}

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'every', 'holiday'] as const
export type DayKey = (typeof DAYS)[number]

/** What a discount period charges. */
export type PeriodPrice = { price_per_minute: string } | { rate: Rate }

export type DiscountPeriod = { day: DayKey; start: string; end: string } & PeriodPrice

export interface Plan {
  name: string
  kind: 'postpaid' | 'prepaid' | 'fixed'
  currency: string
  time_zone: string | null
  monthly_fee: string
  rate: Rate | null
  discount_periods: DiscountPeriod[]
  /** The dates of its holidays; null for the tenant's. */
  holidays: string[] | null
  deck: string | null
  unlisted: 'plan' | 'refuse'
  included_minutes: number
  message_price: string | null
}

/** An entry of a rate deck. */
export interface DeckEntry {
  prefix: string
  rate: Rate
  included: boolean
  destination: string | null
}

/** A rate's steps, whichever form it has. */
export function stepsOf(rate: Rate): Step[] {
  if (rate.steps) return rate.steps
  const { price_per_minute: price = '0', increment_seconds = 60 } = rate
  return [{ from_seconds: 0, price, per_seconds: 60, increment_seconds }]
}

/** The document of a plan's version. */
export function planOf(version: { document: unknown }): Plan {
  return version.document as Plan
}

/** Which of a plan's or deck's versions, given in their order, prices calls that start then: the latest in effect, else the first. */
export function versionAt<Version extends { effective_at: string }>(
  versions: Version[],
  at: string,
): Version | undefined {
  const begins = (version: Version) => Date.parse(version.effective_at)
  const begun = versions.filter((version) => begins(version) <= Date.parse(at))
  return begun.sort((one, other) => begins(one) - begins(other)).at(-1) ?? versions[0]
}
