import type { Trunk } from './trunk'
import type { TrunkRoute } from './trunkRoute'

export interface Way {
  route: TrunkRoute
  trunk: Trunk
  /** What is dialled on the trunk. */
  dialled: string
}

/** The digits of a number that is written with its country code, such as `+44 20 7946 0018`; undefined for anything else. */
export function digitsOf(written: string): string | undefined {
  const [, digits] = /^\+(\d{3,15})$/.exec(written.replace(/[\s().\-/]/g, '')) ?? []
  return digits
}

/** In which order routes are tried: the longer prefix first, of the same by position, then the one that was made first. */
function inOrder(one: TrunkRoute, other: TrunkRoute): number {
  return (
    other.prefix.length - one.prefix.length ||
    one.position - other.position ||
    (one.id < other.id ? -1 : Number(one.id > other.id))
  )
}

/** The ways out of a number with these digits, in the order in which they are tried. */
export function waysOf(digits: string, routes: TrunkRoute[], trunks: Trunk[]): Way[] {
  return routes
    .filter(({ prefix, strip }) => digits.startsWith(prefix) && strip <= digits.length)
    .sort(inOrder)
    .flatMap((route) => {
      const trunk = trunks.find(({ id, enabled }) => enabled && id === route.trunk)
      const dialled = dialledOn(route, digits)
      // A plus sign alone is no number.
      return trunk && /\d/.test(dialled) ? [{ route, trunk, dialled }] : []
    })
}

/** What is dialled on a route's trunk for a number with these digits. */
export function dialledOn({ strip, add }: Pick<TrunkRoute, 'strip' | 'add'>, digits: string): string {
  return add + digits.slice(strip)
}
