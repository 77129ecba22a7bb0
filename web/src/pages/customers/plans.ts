import { useQuery } from '@tanstack/react-query'
import { fetchClient, type Schema } from '@/api/client'

/** All plans. */
export function usePlans() {
  const plans = useQuery({
    // They hardly change: the key is no address, so that no hint fetches them again.
    queryKey: ['name', 'plans'],
    queryFn: () => fetchClient.GET('/api/v1/plans', { params: { query: { limit: 500 } } }),
    select: ({ data }) => data?.items ?? [],
    staleTime: 60_000,
  })
  return plans.data
}

/** The plans' names by their ids. */
export function usePlanNames(): Map<string, string> {
  return new Map(usePlans()?.map(({ id, name }) => [id, name]))
}

/** The plans that a customer's lines may have: in its currency, and paid as it pays. */
export function useFittingPlans(customer: Pick<Schema<'CustomerDocument'>, 'mode' | 'currency'> | undefined) {
  const plans = usePlans()
  if (!customer || !plans) return []
  return plans.filter(
    ({ kind, currency }) =>
      currency === customer.currency && (kind === 'prepaid') === (customer.mode === 'prepaid'),
  )
}
