// Days of the calendar, as the tenant's zone has them: no instants.
import { locale } from '@/i18n'

const FORMAT = { dateStyle: 'medium', timeZone: 'UTC' } as const

/** A day as people write it. */
export function dayText(day: string): string {
  return new Intl.DateTimeFormat(locale(), FORMAT).format(new Date(day))
}

/** A day of the week with its date: `Mon, Nov 16`. */
export function weekdayText(day: string, weekday: 'short' | 'long' = 'short'): string {
  const style = { weekday, month: weekday, day: 'numeric', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat(locale(), style).format(new Date(day))
}

/** The days from one up to another, which is not part of them: `Oct 1 – 31, 2026`. */
export function periodText({ from, to }: { from: string; to: string }): string {
  const last = new Date(to)
  last.setUTCDate(last.getUTCDate() - 1)
  return new Intl.DateTimeFormat(locale(), FORMAT).formatRange(new Date(from), last)
}

export function Day({ on }: { on: string | null | undefined }) {
  if (!on) return <span aria-hidden>–</span>
  return (
    <time dateTime={on} className="figures">
      {dayText(on)}
    </time>
  )
}

export function Period({ of }: { of: { from: string; to: string } | null | undefined }) {
  if (!of) return <span aria-hidden>–</span>
  return <span className="figures">{periodText(of)}</span>
}
