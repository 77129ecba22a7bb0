// How the tenant stands, as the server counts it.
import { useQuery } from '@tanstack/react-query'
import { fetchClient } from '@/api/client'

export interface Standing {
  calls_now: number
  currency: string
  /** The last 30 days in the tenant's zone, the last one being today. */
  revenue_days: { date: string; amount: string }[]
  unpaid: { count: number; total: string }
  failed_jobs: number
  suspended_lines: number
  unrated_calls: number
  open_alerts: number
  top_up_requests: number
}

const ADDRESS = '/api/v1/overview'

export function useStanding() {
  return useQuery({
    queryKey: ['get', ADDRESS],
    queryFn: async () => {
      const { data } = await fetchClient.GET(ADDRESS as never)
      return data as unknown as Standing
    },
    // Of failed jobs and unrated calls no hint tells.
    refetchInterval: 60_000,
  })
}
