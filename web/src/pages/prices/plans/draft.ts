// A plan while it is entered.
import type { Plan } from '../document'
import { periodsOf, type Week, weekOf } from '../week/week'
import { draftOf, NEW_RATE, type RateDraft, rateOf } from './rate'

export interface PlanDraft {
  name: string
  kind: Plan['kind']
  currency: string
  /** Empty for the tenant's. */
  time_zone: string
  monthly_fee: string
  hasRate: boolean
  rate: RateDraft
  week: Week
  hasHolidays: boolean
  holidays: string[]
  deck: string | null
  unlisted: Plan['unlisted']
  included_minutes: number
  /** Empty where no messages are sold. */
  message_price: string
  /** From when on, by the clocks of the tenant's zone; empty for at once. */
  effective_at: string
}

export function newDraft(currency: string): PlanDraft {
  return {
    name: '',
    kind: 'postpaid',
    currency,
    time_zone: '',
    monthly_fee: '0.00',
    hasRate: true,
    rate: NEW_RATE,
    week: { prices: [], windows: [] },
    hasHolidays: false,
    holidays: [],
    deck: null,
    unlisted: 'plan',
    included_minutes: 0,
    message_price: '',
    effective_at: '',
  }
}

export function draftOfPlan(plan: Plan): PlanDraft {
  return {
    ...plan,
    time_zone: plan.time_zone ?? '',
    hasRate: plan.rate !== null,
    rate: plan.rate ? draftOf(plan.rate) : NEW_RATE,
    week: weekOf(plan.discount_periods),
    hasHolidays: plan.holidays !== null,
    holidays: plan.holidays ?? [],
    message_price: plan.message_price ?? '',
    effective_at: '',
  }
}

/** The document that is sent. */
export function planOfDraft(draft: PlanDraft): Plan {
  return {
    name: draft.name,
    kind: draft.kind,
    currency: draft.currency,
    time_zone: draft.time_zone || null,
    monthly_fee: draft.monthly_fee || '0',
    rate: draft.hasRate ? rateOf(draft.rate) : null,
    discount_periods: periodsOf(draft.week),
    holidays: draft.hasHolidays ? draft.holidays : null,
    deck: draft.deck,
    unlisted: draft.unlisted,
    included_minutes: draft.included_minutes,
    message_price: draft.message_price || null,
  }
}
