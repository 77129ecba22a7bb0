// What happened to a call, in order.
import type { Schema } from '@/api/client'

/** A rung of the ladder. */
export interface Rung {
  at: string
  event: string
  /** What was held for the call then. */
  held?: string
  /** How often it happened in a row. */
  times: number
}

/** What charging wrote down while the call ran, and what came after. */
export function rungs(explained: Schema<'ExplainedCall'>, session?: Schema<'SessionDocument'>): Rung[] {
  const { call, entries } = explained
  const told = session ? session.history.map(({ at, event, held }) => ({ at, event, held })) : facts(call)
  const refunds = entries.filter(({ kind }) => kind === 'refund').map(({ posted_at }) => posted_at)
  const later = [
    ...[...new Set(refunds)].map((at) => ({ at, event: 'refunded' })),
    ...(call.rating ? [{ at: call.rating.rated_at, event: 'stars' }] : []),
  ]
  const all = [...told, ...later].sort((one, other) => one.at.localeCompare(other.at))
  return all.reduce<Rung[]>(put, [])
}

/** What the record itself says, where it was not charged while it ran. */
function facts({ started_at, answered_at, ended_at, recorded_at }: Schema<'CallDocument'>) {
  const known = [
    { at: started_at, event: 'started' },
    { at: answered_at, event: 'answered' },
    { at: ended_at, event: 'ended' },
    { at: recorded_at, event: 'recorded' },
  ]
  return known.flatMap(({ at, event }) => (at ? [{ at, event }] : []))
}

/** A long call is extended many times: in a row they are one rung. */
function put(ladder: Rung[], rung: Omit<Rung, 'times'>): Rung[] {
  const last = ladder.at(-1)
  if (last?.event === 'extended' && rung.event === 'extended')
    return [...ladder.slice(0, -1), { ...rung, times: last.times + 1 }]
  return [...ladder, { ...rung, times: 1 }]
}
