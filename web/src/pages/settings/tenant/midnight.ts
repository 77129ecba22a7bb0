// Days of a zone's calendar as instants.

/** How far the zone's clock is ahead of UTC at an instant, in milliseconds. */
function ahead(instant: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...({ year: 'numeric', month: 'numeric', day: 'numeric' } as const),
    ...({ hour: 'numeric', minute: 'numeric', second: 'numeric' } as const),
  })
  const parts = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - instant
}

/** The instant at which a date such as `2026-11-21` begins in the zone. */
export function beginning(date: string, timeZone: string): string {
  const clock = Date.parse(`${date}T00:00:00Z`)
  // The clock may change between the first guess and the instant itself: the second guess is right.
  const guess = clock - ahead(clock, timeZone)
  return new Date(clock - ahead(guess, timeZone)).toISOString()
}

/** The date of an instant in the zone. */
export function dateOf(instant: string, timeZone: string): string {
  const at = Date.parse(instant)
  return new Date(at + ahead(at, timeZone)).toISOString().slice(0, 10)
}
