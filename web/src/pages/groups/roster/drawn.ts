import { useMemo } from 'react'
import { dayAfter } from '@/format/civil'
import type { Duties, Gap, Spell } from '../group'
import { type Part, partsOf } from './week'

/** Something of a week that stands on one of its days. */
export interface Drawn {
  key: string
  part: Part
  /** Whether it begins, and ends, there: not where it goes on over midnight, or something has cut it off. */
  begins: boolean
  ends: boolean
  what: { spell: Spell } | { gap: Gap } | { closed: Duties['closed'][number] }
}

/** A week as the server tells it. */
export interface WeekOf {
  monday: string
  /** The dates of its days. */
  dates: string[]
  zone: string
  duties: Duties
  gaps: Gap[]
}

export function datesOf(monday: string): string[] {
  return Array.from({ length: 7 }, (_, day) => dayAfter(monday, day))
}

/** What stands on which day. */
export function useDrawn({ monday, zone, duties, gaps }: WeekOf): Drawn[] {
  return useMemo(() => {
    const draw = (span: { from: string; until: string }, what: Drawn['what'], whole = span) => {
      const parts = partsOf(span, monday, zone)
      const isFirst = (at: number) => at === 0 && span.from === whole.from
      const isLast = (at: number) => at === parts.length - 1 && span.until === whole.until
      return parts.map((part, at) => ({
        key: `${Object.keys(what)[0]} ${span.from} ${part.day} ${'spell' in what ? what.spell.duty.agent : ''}`,
        part,
        begins: isFirst(at),
        ends: isLast(at),
        what,
      }))
    }
    return [
      ...duties.items.flatMap((spell) => draw(spell, { spell }, spell.duty)),
      ...gaps.flatMap((gap) => draw(gap, { gap })),
      ...duties.closed.flatMap((closed) => draw(closed, { closed })),
    ]
  }, [monday, zone, duties, gaps])
}
