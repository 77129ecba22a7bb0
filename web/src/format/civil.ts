// Civil days in a zone, as `2026-11-21`, what a clock on its wall shows, as `2026-11-21T19:30`, and the instants of both.

const DAY = 86_400_000

/** What the zone's clocks show at an instant, to the second. The Swedish way to write it is that of ISO 8601. */
function shown(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone })
  return format.format(at).replace(' ', 'T')
}

/** What the zone's clocks show at an instant, to the minute, as fields for date and time have it. */
export function wallOf(at: string | Date, timeZone: string): string {
  return shown(new Date(at).getTime(), timeZone).slice(0, 16)
}

/** The instant at which the zone's clocks show that: the first of two; of a time that they skip, as much later. */
export function instantOf(wall: string, timeZone: string): string | undefined {
  const plain = Date.parse(`${wall}Z`)
  return Number.isNaN(plain) ? undefined : new Date(instantAt(plain, timeZone)).toISOString()
}

function instantAt(plain: number, timeZone: string): number {
  const ahead = (at: number) => Date.parse(`${shown(at, timeZone)}Z`) - at
  const [before, after] = [ahead(plain - DAY), ahead(plain + DAY)]
  const fits = [plain - before, plain - after].filter((at) => at + ahead(at) === plain)
  return fits.length > 0 ? Math.min(...fits) : plain - before
}

/** The instant at which a day begins: its midnight, or where clocks skip that, what comes after. */
export function dayStart(day: string, timeZone: string): string {
  return new Date(instantAt(Date.parse(`${day}T00:00:00Z`), timeZone)).toISOString()
}

/** The day that is so many days after another, or before it. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10)
}

/** The day that an instant belongs to. */
export function dayOf(at: string | Date, timeZone: string): string {
  return wallOf(at, timeZone).slice(0, 10)
}

/** Whether a text is a day that there is. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
