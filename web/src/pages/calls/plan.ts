// The plan that priced a call: its record names the version alone.
import { useQuery } from '@tanstack/react-query'
import { fetchClient, type Schema } from '@/api/client'
import { planOf } from '../prices/document'
import { weekOf } from '../prices/week/week'
import { windowText } from '../prices/words'

interface CallPlan {
  id: string
  name: string
  number: number
  /** When each of its discount periods is, in their order. */
  periods: string[]
  timeZone: string | undefined
}

export function useCallPlan(call: Schema<'CallDocument'>): CallPlan | undefined {
  const line = useQuery({
    queryKey: ['name', 'plans', call.line],
    queryFn: () => fetchClient.GET('/api/v1/lines/{id}', { params: { path: { id: call.line ?? '' } } }),
    select: ({ data }) => data,
    enabled: Boolean(call.line),
  }).data
  const version = call.price?.plan_version
  const began = call.answered_at ?? call.started_at ?? call.ended_at ?? call.recorded_at
  const id = line?.plans.findLast(({ from }) => from <= began)?.plan
  const versions = useQuery({
    queryKey: ['name', 'versions', id],
    queryFn: () => fetchClient.GET('/api/v1/plans/{id}/versions', { params: { path: { id: id ?? '' } } }),
    select: ({ data }) => data?.items ?? [],
    enabled: Boolean(id && version),
  })
  const priced = versions.data?.find((each) => each.id === version)
  if (!id || !priced) return undefined
  const { name, discount_periods, time_zone } = planOf(priced)
  return {
    id,
    name,
    number: priced.number,
    periods: weekOf(discount_periods).windows.map(windowText),
    timeZone: time_zone ?? undefined,
  }
}
