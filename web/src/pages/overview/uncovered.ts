import { useQueries } from '@tanstack/react-query'
import { $api, type Schema } from '@/api/client'
import { dayOf } from '@/format/civil'
import { useSession } from '@/session'

/** Of how many groups the rosters are looked at. */
const MOST = 20

/** A group that has gaps in its roster, and a day of the week with the first of them. */
export interface Uncovered {
  group: Schema<'GroupDocument'>
  gaps: number
  week: string
}

/** The groups on whose rosters too few are on duty at some time within two weeks. */
export function useUncovered(): Uncovered[] {
  const { time_zone } = useSession().tenant
  const groups = $api.useQuery('get', '/api/v1/groups', { params: { query: { limit: MOST } } }).data?.items
  const found = useQueries({
    queries: (groups ?? []).map(({ id }) =>
      $api.queryOptions('get', '/api/v1/groups/{id}/gaps', { params: { path: { id } } }),
    ),
  })
  return (groups ?? []).flatMap((group, at) => {
    const gaps = found[at]?.data?.items ?? []
    const [first] = gaps
    return first ? [{ group, gaps: gaps.length, week: dayOf(first.from, group.time_zone ?? time_zone) }] : []
  })
}
