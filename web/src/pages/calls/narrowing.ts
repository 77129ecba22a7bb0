// What the history is narrowed down to: it is in the address, so that it can be kept and sent.
import { dayAfter, dayStart, isDay } from '@/format/civil'

/** The filters, as they are in the address. Days are those of the tenant's zone, the last one included. */
export interface CallFilters {
  from?: string
  to?: string
  customer?: string
  line?: string
  agent?: string
  disposition?: string
}

export const DISPOSITIONS = ['answered', 'busy', 'no_answer', 'refused', 'cancelled', 'failed']

/** Reads them from an address; what makes no sense there is no filter. */
export function readFilters(search: Record<string, unknown>): CallFilters {
  const text = (name: string, isGood: (text: string) => boolean) => {
    const value = search[name]
    return typeof value === 'string' && isGood(value) ? { [name]: value } : {}
  }
  const isId = (value: string) => value !== ''
  return {
    ...text('from', isDay),
    ...text('to', isDay),
    ...text('customer', isId),
    ...text('line', isId),
    ...text('agent', isId),
    ...text('disposition', (value) => DISPOSITIONS.includes(value)),
  }
}

/** What the API is asked for. */
export function asked({ from, to, ...others }: CallFilters, timeZone: string): CallFilters {
  return {
    ...others,
    ...(from && { from: dayStart(from, timeZone) }),
    ...(to && { to: dayStart(dayAfter(to), timeZone) }),
  }
}

/** Where the calls that these filters let through come as a file. */
export function fileOf(filters: CallFilters, timeZone: string): string {
  const query = new URLSearchParams(Object.entries(asked(filters, timeZone)))
  return `/api/v1/calls.csv${query.size > 0 ? `?${query}` : ''}`
}
