// The agents whom a customer can call.
import { $api, type Schema } from '@/api/client'

/** An agent, as a customer sees it with what it has. */
export type CallableAgent = Schema<'CallableAgent'>

/** The agents whom a customer can call; none, while it is not known who the customer is. */
export function useCallable(customer: string | undefined) {
  const agents = $api.useQuery(
    'get',
    '/api/v1/customers/{id}/agents',
    { params: { path: { id: customer ?? '' } } },
    { enabled: Boolean(customer) },
  )
  return { ...agents, data: agents.data?.items }
}
