// An agent while it is entered, in fields named as in the API's body.
import type { Schema } from '@/api/client'
import type { Rate } from '@/pages/prices/document'
import { draftOf, type RateDraft, rateOf } from '@/pages/prices/plans/rate'
import type { Agent } from './agent'

/** A rate that is a price per minute and nothing else out of the ordinary, as nearly all are. */
export type PerMinute = Omit<Rate, 'steps' | 'increment_seconds'> & {
  price_per_minute: string
  increment_seconds: string
}

export interface PriceValues {
  rate: PerMinute | RateDraft
  price_per_message: string
}

export interface AgentValues {
  name: string
  /** What callers dial. */
  number: string
  public: boolean
  about: string
  phones: string[]
  email: string
  languages: string[]
  prices: Record<string, PriceValues>
  /** In per cent. */
  share: number | string
  time_zone: string | null
  reminders: boolean
  blackouts: Agent['blackouts']
}

const USUAL = {
  free_below_seconds: 0,
  minimum_charge: null,
  maximum_charge: null,
  on_maximum: 'free' as const,
  rounding: { decimals: 4, mode: 'half_up' },
}

/** A price to begin with: by the minute begun. */
export const NEW_PRICE: PriceValues = {
  rate: { ...USUAL, connect_fee: '', price_per_minute: '', increment_seconds: '60' },
  price_per_message: '',
}

export function isPerMinute(rate: PerMinute | RateDraft): rate is PerMinute {
  return 'price_per_minute' in rate
}

function entered(rate: Rate): PerMinute | RateDraft {
  const { connect_fee, price_per_minute, increment_seconds, steps: _, ...rest } = rate
  const isUsual =
    rest.free_below_seconds === 0 &&
    rest.minimum_charge === null &&
    rest.maximum_charge === null &&
    rest.rounding.decimals === USUAL.rounding.decimals &&
    rest.rounding.mode === USUAL.rounding.mode
  if (price_per_minute === undefined || !isUsual) return draftOf(rate)
  return { ...rest, connect_fee, price_per_minute, increment_seconds: String(increment_seconds) }
}

/** The same rate in the form that has room for steps, minimum and maximum. */
export function withSteps(rate: PerMinute): RateDraft {
  return draftOf({ ...rate, increment_seconds: Number(rate.increment_seconds) })
}

export function valuesOf(agent: Agent): AgentValues {
  const prices = Object.entries(agent.prices).map(([currency, { rate, price_per_message }]) => [
    currency,
    { rate: entered(rate), price_per_message: price_per_message ?? '' },
  ])
  return {
    name: agent.name,
    number: agent.number ?? '',
    public: agent.public,
    about: agent.about ?? '',
    phones: agent.phones,
    email: agent.email ?? '',
    languages: agent.languages,
    prices: Object.fromEntries(prices),
    share: agent.share / 10,
    time_zone: agent.time_zone ?? null,
    reminders: agent.reminders,
    blackouts: agent.blackouts,
  }
}

export function newValues(currency: string): AgentValues {
  return {
    name: '',
    number: '',
    public: false,
    about: '',
    phones: [],
    email: '',
    languages: [],
    prices: { [currency]: NEW_PRICE },
    share: 80,
    time_zone: null,
    reminders: true,
    blackouts: [],
  }
}

/** What was typed with a decimal comma or point, with a point. */
const decimal = (typed: string) => typed.trim().replace(',', '.')

function priceOf({ rate, price_per_message }: PriceValues): Schema<'AgentPriceBody'> {
  const whole = isPerMinute(rate)
    ? {
        ...rate,
        connect_fee: decimal(rate.connect_fee) || '0',
        price_per_minute: decimal(rate.price_per_minute),
        increment_seconds: Number(rate.increment_seconds),
      }
    : rateOf(rate)
  return {
    // The document of the API leaves open what a rate holds.
    rate: whole as unknown as Record<string, never>,
    price_per_message: decimal(price_per_message) || null,
  }
}

export function bodyOf(values: AgentValues): Schema<'AgentBody'> {
  const prices = Object.entries(values.prices).map(([currency, price]) => [currency, priceOf(price)])
  return {
    name: values.name.trim(),
    number: values.number.trim() || null,
    public: values.public,
    about: values.about.trim() || null,
    phones: values.phones.map((phone) => phone.trim()),
    email: values.email.trim() || null,
    languages: values.languages,
    prices: Object.fromEntries(prices),
    share: Math.round(Number(values.share) * 10),
    time_zone: values.time_zone,
    reminders: values.reminders,
    blackouts: values.blackouts,
  }
}
