// The week of a plan's discount periods: windows of days, each with one of a few prices. The rules are those of billing: a single day
// comes before every day, what began today before what began yesterday, and windows of one day key do not overlap.
import { DAYS, type DayKey, type DiscountPeriod, type PeriodPrice } from '../document'

export const DAY_MINUTES = 1440

/** A window of a day. Where its end is not after its start it is that of the next day. */
export interface Window {
  day: DayKey
  /** The minute of the day, 0 to 1439. */
  start: number
  /** 1 to 1440. */
  end: number
  /** The position of its price. */
  price: number
}

export interface Week {
  prices: PeriodPrice[]
  windows: Window[]
}

/** Minutes of a day that one window prices, or none. */
export interface Run {
  from: number
  to: number
  window: Window | undefined
}

export function minuteOf(clock: string): number {
  const [hours, minutes] = clock.split(':').map(Number)
  return (hours ?? 0) * 60 + (minutes ?? 0)
}

export function clockOf(minute: number): string {
  const padded = (part: number) => String(part).padStart(2, '0')
  return `${padded(Math.floor(minute / 60))}:${padded(minute % 60)}`
}

/** How many minutes a window lasts. */
export function lengthOf({ start, end }: Window): number {
  return end > start ? end - start : end + DAY_MINUTES - start
}

/** A plan's periods by their prices: equal ones are one. */
export function weekOf(periods: DiscountPeriod[]): Week {
  const prices: PeriodPrice[] = []
  const known = new Map<string, number>()
  const windows = periods.map(({ day, start, end, ...price }) => {
    const key = JSON.stringify(price)
    if (!known.has(key)) known.set(key, prices.push(price) - 1)
    return { day, start: minuteOf(start), end: minuteOf(end), price: known.get(key) ?? 0 }
  })
  return { prices, windows }
}

/** The periods as the plan's document has them. */
export function periodsOf({ prices, windows }: Week): DiscountPeriod[] {
  return windows.flatMap(({ day, start, end, price }) => {
    const charged = prices[price]
    return charged ? [{ day, start: clockOf(start), end: clockOf(end), ...charged }] : []
  })
}

const followsItself = (day: DayKey) => day === 'every' || day === 'holiday'

/** Whether there is a minute that both cover. */
export function overlap(one: Window, other: Window): boolean {
  const reaches = (first: Window, second: Window) => {
    const ahead = second.start - first.start
    return followsItself(first.day)
      ? (ahead + DAY_MINUTES) % DAY_MINUTES < lengthOf(first)
      : ahead >= 0 && ahead < lengthOf(first)
  }
  return one.day === other.day && (reaches(one, other) || reaches(other, one))
}

/** The window that leaves no room for another one. */
export function obstacle(windows: Window[], wanted: Window): Window | undefined {
  return windows.find((window) => window !== wanted && overlap(window, wanted))
}

/** The first two windows that cover the same minute. */
export function overlapping(windows: Window[]): [Window, Window] | undefined {
  for (const [later, window] of windows.entries()) {
    const earlier = windows.slice(0, later).find((other) => overlap(other, window))
    if (earlier) return [window, earlier]
  }
  return undefined
}

/** Whether a day is a holiday, and the one before it. */
interface Holiday {
  today: boolean
  yesterday: boolean
}

/** What prices a day's minutes. On the rows of every day and of holidays there are their own windows alone. */
export function runsOf(
  row: DayKey,
  windows: Window[],
  holiday: Holiday = { today: row === 'holiday', yesterday: false },
): Run[] {
  const minutes: (Window | undefined)[] = new Array(DAY_MINUTES).fill(undefined)
  const paint = (day: DayKey, fromYesterday: boolean) => {
    for (const window of windows.filter((each) => each.day === day)) {
      const end = window.start + lengthOf(window)
      if (fromYesterday) minutes.fill(window, 0, Math.max(0, end - DAY_MINUTES))
      else minutes.fill(window, window.start, Math.min(end, DAY_MINUTES))
    }
  }
  if (row !== 'holiday') {
    paint('every', true)
    paint('every', false)
  }
  if (!followsItself(row)) {
    paint(DAYS[(DAYS.indexOf(row) + 6) % 7] ?? 'sun', true)
    paint(row, false)
  }
  if (holiday.yesterday) paint('holiday', true)
  if (holiday.today) paint('holiday', false)
  const runs: Run[] = []
  for (const [minute, window] of minutes.entries()) {
    const last = runs.at(-1)
    if (last && last.window === window) last.to = minute + 1
    else runs.push({ from: minute, to: minute + 1, window })
  }
  return runs
}

/** The window that prices what begins then, by the clock on the wall. */
export function windowAt(windows: Window[], wall: string, holidays: string[]): Window | undefined {
  const [date = '', clock = ''] = wall.split('T')
  const noon = new Date(`${date}T12:00:00Z`)
  const yesterday = new Date(noon.getTime() - 86_400_000).toISOString().slice(0, 10)
  const day = DAYS[(noon.getUTCDay() + 6) % 7] ?? 'mon'
  const holiday = { today: holidays.includes(date), yesterday: holidays.includes(yesterday) }
  const minute = minuteOf(clock)
  return runsOf(day, windows, holiday).find(({ from, to }) => from <= minute && minute < to)?.window
}

/** What of a day's runs lies between two minutes. */
export function between(runs: Run[], from: number, to: number): Run[] {
  return runs
    .filter((run) => run.from < to && run.to > from)
    .map((run) => ({ ...run, from: Math.max(run.from, from), to: Math.min(run.to, to) }))
}

/** Adds a window; it becomes one with those of its price that it touches. Nothing may be in its way. */
export function added(windows: Window[], wanted: Window): Window[] {
  let [start, end] = [wanted.start, wanted.start + lengthOf(wanted)]
  const shifts = followsItself(wanted.day) ? [0, DAY_MINUTES, -DAY_MINUTES] : [0]
  const others = windows.filter((window) => {
    if (window.day !== wanted.day || window.price !== wanted.price) return true
    const shift = shifts.find(
      (by) => window.start + by <= end && window.start + by + lengthOf(window) >= start,
    )
    if (shift === undefined) return true
    start = Math.min(start, window.start + shift)
    end = Math.max(end, window.start + shift + lengthOf(window))
    return false
  })
  return [...others, windowFrom(wanted, start, end)]
}

/** Takes minutes of a day out of the windows that begin on it, or reach into it. */
export function erased(windows: Window[], day: DayKey, from: number, to: number): Window[] {
  return windows.flatMap((window) => {
    const isOwn = window.day === day
    const isOfYesterday = isOwn ? followsItself(day) : isDayBefore(window.day, day)
    const shifts = [...(isOwn ? [0] : []), ...(isOfYesterday ? [DAY_MINUTES] : [])]
    let pieces: Stretch[] = [[window.start, window.start + lengthOf(window)]]
    for (const shift of shifts) pieces = pieces.flatMap((piece) => without(piece, from + shift, to + shift))
    return pieces.map(([start, end]) => windowFrom(window, start, end))
  })
}

function isDayBefore(day: DayKey, next: DayKey): boolean {
  return !followsItself(day) && DAYS[(DAYS.indexOf(day) + 1) % 7] === next
}

type Stretch = readonly [number, number]

function without([start, end]: Stretch, from: number, to: number): Stretch[] {
  const left: Stretch = [start, Math.min(end, from)]
  const right: Stretch = [Math.max(start, to), end]
  return [left, right].filter(([begins, ends]) => begins < ends)
}

/** The window between two minutes, counted from the beginning of its day: a day at most. */
function windowFrom(like: Window, start: number, end: number): Window {
  const days = Math.floor(start / DAY_MINUTES)
  const day = followsItself(like.day) ? like.day : (DAYS[(DAYS.indexOf(like.day) + days + 7) % 7] ?? like.day)
  const begins = start - days * DAY_MINUTES
  const length = Math.min(end - start, DAY_MINUTES)
  const ends = begins + length
  return { ...like, day, start: begins, end: ends > DAY_MINUTES ? ends - DAY_MINUTES : ends }
}
