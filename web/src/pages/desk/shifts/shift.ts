import type { Schema } from '@/api/client'
import { dayAfter, dayOf, wallOf } from '@/format/civil'
import { isOpen, type Swap } from '@/pages/groups/swaps/swap'

export type OwnShift = Schema<'OwnShiftDocument'>

const HOUR = 3_600_000

/** The date on which a part of a shift begins that begins on a date: hours before those of the shift are on the day after. */
export function dateOfPart(date: string, whole: string, part: string): string {
  return part.slice(0, 5) < whole.slice(0, 5) ? dayAfter(date) : date
}

/** What of a shift can still be offered: all of it, or what begins with the next hour, where it has begun. */
export function offerable(
  { from, until, time_zone, hours }: OwnShift,
  now: number,
): { isWhole: boolean; hours: string } | undefined {
  if (!hours) return undefined
  if (Date.parse(from) > now) return { isWhole: true, hours }
  const next = new Date((Math.floor(now / HOUR) + 1) * HOUR)
  if (next.getTime() >= Date.parse(until)) return undefined
  return { isWhole: false, hours: `${wallOf(next, time_zone).slice(11)}-${hours.slice(6)}` }
}

/** The swaps by which an agent offers a shift, or parts of it, and which are not settled. */
export function offersOf(shift: OwnShift, swaps: Swap[]): Swap[] {
  return swaps.filter(
    (swap) =>
      isOpen(swap) &&
      swap.agent.id === shift.duty.agent &&
      swap.group.id === shift.group &&
      swap.from < shift.until &&
      shift.from < swap.until,
  )
}

/** The days on which shifts begin, by the clocks of their groups, and those of each. */
export function byDay(shifts: OwnShift[]): [string, OwnShift[]][] {
  const days = new Map<string, OwnShift[]>()
  for (const shift of shifts) {
    const day = shift.date ?? dayOf(shift.from, shift.time_zone)
    days.set(day, [...(days.get(day) ?? []), shift])
  }
  return [...days].sort(([one], [other]) => one.localeCompare(other))
}
