// A rate while it is entered: always in steps, with empty text for what is not there.
import { type Rate, type Step, stepsOf } from '../document'

export interface RateDraft {
  connect_fee: string
  steps: Step[]
  free_below_seconds: number
  minimum_charge: string
  maximum_charge: string
  on_maximum: 'free' | 'disconnect'
  rounding: { decimals: number; mode: string }
}

export const NEW_RATE: RateDraft = {
  connect_fee: '0.00',
  steps: [{ from_seconds: 0, price: '', per_seconds: 60, increment_seconds: 60 }],
  free_below_seconds: 0,
  minimum_charge: '',
  maximum_charge: '',
  on_maximum: 'free',
  rounding: { decimals: 4, mode: 'half_up' },
}

export function draftOf(rate: Rate): RateDraft {
  const { connect_fee, free_below_seconds, minimum_charge, maximum_charge, on_maximum, rounding } = rate
  return {
    connect_fee,
    steps: stepsOf(rate),
    free_below_seconds,
    minimum_charge: minimum_charge ?? '',
    maximum_charge: maximum_charge ?? '',
    on_maximum,
    rounding,
  }
}

export function rateOf(draft: RateDraft): Rate {
  const { connect_fee, minimum_charge, maximum_charge } = draft
  return {
    ...draft,
    connect_fee: connect_fee || '0',
    minimum_charge: minimum_charge || null,
    maximum_charge: maximum_charge || null,
  }
}
