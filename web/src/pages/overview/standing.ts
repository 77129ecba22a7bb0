import { $api, type Schema } from '@/api/client'

/** How the tenant stands, as the server counts it. */
export type Standing = Schema<'OverviewDocument'>

export function useStanding() {
  // Of failed jobs and unrated calls no hint tells.
  return $api.useQuery('get', '/api/v1/overview', {}, { refetchInterval: 60_000 })
}
