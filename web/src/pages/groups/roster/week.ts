// Where what the server says of a week is drawn: on which of its days, at which minutes of the clock on the wall. When somebody is on duty
// is the server's to say.
import { dayAfter, dayOf, wallOf } from '@/format/civil'

export const DAY_MINUTES = 1440

/** The least that is drawn, in minutes, so that it can be read and hit. */
const LEAST_MINUTES = 45

/** What of a span falls on a day of the week. */
export interface Part {
  /** 0 for the first day to 6. */
  day: number
  /** Minutes of the day. */
  from: number
  to: number
}

interface Span {
  from: string
  until: string
}

/** The Monday of the week that a day is in. */
export function mondayOf(day: string): string {
  return dayAfter(day, -weekdayOf(day))
}

/** The day of the week, 0 for Monday to 6. */
export function weekdayOf(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7
}

/** How many days one day is after another. */
export function daysBetween(first: string, later: string): number {
  return Math.round((Date.parse(`${later}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / 86_400_000)
}

/** The minute of the day that a clock shows: `08:30` is 510. */
export function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return hours * 60 + minutes
}

/** What a clock shows at a minute of a day; of the day before, or of one after, where there are fewer or more than a day has. */
export function clockOf(minute: number): string {
  const within = ((minute % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES
  const padded = (part: number) => String(part).padStart(2, '0')
  return `${padded(Math.floor(within / 60))}:${padded(within % 60)}`
}

/** What of a span falls on which days of the week that begins on a Monday, by the zone's clocks. */
export function partsOf({ from, until }: Span, monday: string, zone: string): Part[] {
  const [start, end] = [wallOf(from, zone), wallOf(until, zone)]
  const place = (wall: string) => ({
    day: daysBetween(monday, wall.slice(0, 10)),
    minute: minuteOf(wall.slice(11)),
  })
  const [first, last] = [place(start), place(end)]
  const parts: Part[] = []
  for (let day = Math.max(first.day, 0); day <= Math.min(last.day, 6); day++) {
    const begins = day === first.day ? first.minute : 0
    const ends = day === last.day ? last.minute : DAY_MINUTES
    // Where clocks are put back it may end at what they showed before it began.
    const isPutBack = ends <= begins && first.day === last.day
    if (ends > begins || isPutBack) parts.push({ day, from: begins, to: isPutBack ? begins + 1 : ends })
  }
  return parts
}

export interface Laned<T> {
  item: T
  /** Its place beside those that are at the same time, and of how many. */
  lane: number
  lanes: number
}

/** Has those that are drawn at the same height stand beside each other. */
export function inLanes<T extends Pick<Part, 'from' | 'to'>>(items: T[]): Laned<T>[] {
  const sorted = [...items].sort((one, other) => one.from - other.from || other.to - one.to)
  const placed: Laned<T>[] = []
  let cluster: Laned<T>[] = []
  let ends: number[] = []
  const close = () => {
    for (const each of cluster) each.lanes = ends.length
    placed.push(...cluster)
    cluster = []
    ends = []
  }
  for (const item of sorted) {
    if (ends.every((end) => end <= item.from)) close()
    const free = ends.findIndex((end) => end <= item.from)
    const lane = free < 0 ? ends.length : free
    ends[lane] = Math.max(item.to, item.from + LEAST_MINUTES)
    cluster.push({ item, lane, lanes: 0 })
  }
  close()
  return placed
}

/** How far something is dragged: its days, and the minutes of its beginning and its end. */
export interface Drag {
  days: number
  from: number
  until: number
}

export const STILL: Drag = { days: 0, from: 0, until: 0 }

/** A shift's days and hours once one of its days has been dragged: the others keep theirs, all have the same hours. */
export function dragged(
  shift: { days: number[]; hours: string },
  weekday: number,
  { days, from, until }: Drag,
) {
  const [start = '', end = ''] = shift.hours.split('-')
  const begins = minuteOf(start) + from
  const on = (weekday + days + Math.floor(begins / DAY_MINUTES) + 7) % 7
  const kept = shift.days.filter((day) => day !== weekday)
  return {
    days: [...new Set([...kept, on])].sort((one, other) => one - other),
    hours: `${clockOf(begins)}-${clockOf(minuteOf(end) + until)}`,
  }
}

/** The date and the hours of one time, by the zone's clocks, once it has been dragged. */
export function datedHours({ from, until }: Span, zone: string, drag: Drag = STILL) {
  const begins = minuteOf(wallOf(from, zone).slice(11)) + drag.from
  const ends = minuteOf(wallOf(until, zone).slice(11)) + drag.until
  const date = dayAfter(dayOf(from, zone), drag.days + Math.floor(begins / DAY_MINUTES))
  return { date, hours: `${clockOf(begins)}-${clockOf(ends)}` }
}

/** What was typed for a time of the day, as a clock shows it: `9`, `930` and `9:30` are times, and 24:00 is the midnight that a day ends with. */
export function clockTyped(text: string): string {
  const [, hours, minutes = '00'] = /^(\d{1,2})[:.h ]?(\d{2})?$/.exec(text.trim()) ?? []
  if (!hours || Number(hours) > 24 || Number(minutes) > 59) return text
  return clockOf(Number(hours) * 60 + Number(minutes))
}
