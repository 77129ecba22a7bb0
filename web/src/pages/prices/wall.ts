// Instants, and what a clock on the wall of a zone shows: `2026-11-21T19:30`, as fields for date and time have it.

const SECONDS = { dateStyle: 'short', timeStyle: 'medium' } as const

/** What the zone's clocks show at an instant, to the second. The Swedish way to write it is that of ISO 8601. */
function shown(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { ...SECONDS, timeZone }).format(at).replace(' ', 'T')
}

/** What the zone's clocks show at an instant, to the minute. */
export function wallOf(at: string | Date, timeZone: string): string {
  return shown(new Date(at).getTime(), timeZone).slice(0, 16)
}

/** The instant at which the zone's clocks show that: the first of two; of a time that they skip, as much later. */
export function instantOf(wall: string, timeZone: string): string | undefined {
  const plain = Date.parse(`${wall}Z`)
  if (Number.isNaN(plain)) return undefined
  const ahead = (at: number) => Date.parse(`${shown(at, timeZone)}Z`) - at
  const day = 86_400_000
  const [before, after] = [ahead(plain - day), ahead(plain + day)]
  const fits = [plain - before, plain - after].filter((at) => at + ahead(at) === plain)
  return new Date(fits.length > 0 ? Math.min(...fits) : plain - before).toISOString()
}
