import type { Schema } from '@/api/client'
import type { Rate } from '@/pages/prices/document'
import { draftOf, NEW_RATE, type RateDraft, rateOf } from '@/pages/prices/plans/rate'

/** The API's document leaves open what a rate holds. */
export type TrunkRoute = Omit<Schema<'TrunkRouteDocument'>, 'buying_rate'> & { buying_rate: Rate | null }

export interface RouteValues {
  prefix: string
  trunk: string
  position: number | string
  strip: number | string
  add: string
  /** Whether it is known what a call costs the tenant. */
  has_rate: boolean
  buying_rate: RateDraft
}

export function valuesOf(route: TrunkRoute): RouteValues {
  const { prefix, trunk, position, strip, add, buying_rate } = route
  const rate = buying_rate ? draftOf(buying_rate) : NEW_RATE
  return { prefix, trunk, position, strip, add, has_rate: buying_rate !== null, buying_rate: rate }
}

/** A route to begin with; `trunk` is the only one, where there is one. */
export function newValues(trunk: string): RouteValues {
  return { prefix: '', trunk, position: 1, strip: 0, add: '', has_rate: false, buying_rate: NEW_RATE }
}

export function bodyOf({ has_rate, buying_rate, ...values }: RouteValues): Schema<'TrunkRouteBody'> {
  return {
    prefix: values.prefix.trim().replace(/^\+/, ''),
    trunk: values.trunk,
    position: values.position === '' ? null : Number(values.position),
    strip: Number(values.strip),
    add: values.add.trim(),
    buying_rate: has_rate ? (rateOf(buying_rate) as unknown as Record<string, never>) : null,
  }
}
