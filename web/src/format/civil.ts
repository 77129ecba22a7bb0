// Civil days in a zone, as `2026-11-21`, and the instants at which they begin.

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
function ahead(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value)
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - at
  )
}

/** The instant at which a day begins: its midnight, or where clocks skip that, what comes after. */
export function dayStart(day: string, timeZone: string): string {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  const guess = midnight - ahead(midnight, timeZone)
  const offset = ahead(guess, timeZone)
  const better = midnight - offset
  const start = ahead(better, timeZone) === offset ? better : Math.max(guess, better)
  return new Date(start).toISOString()
}

/** The day that is so many days after another, or before it. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** The day that an instant belongs to. */
export function dayOf(at: Date, timeZone: string): string {
  return new Date(at.getTime() + ahead(Math.floor(at.getTime() / 1000) * 1000, timeZone))
    .toISOString()
    .slice(0, 10)
}

/** Whether a text is a day that there is. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
