// Calls name who pays and who was called by their ids: these show them by name.
import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { fetchClient } from '@/api/client'

// Names hardly change: no hint about a balance or a presence fetches them again, as their keys are no addresses.
const SELDOM = { staleTime: 600_000, gcTime: 3_600_000 }

export function useCustomerName(id: string | null | undefined): string | undefined {
  const customer = useQuery({
    queryKey: ['name', 'customer', id],
    queryFn: () => fetchClient.GET('/api/v1/customers/{id}', { params: { path: { id: id ?? '' } } }),
    select: ({ data }) => data?.name,
    enabled: Boolean(id),
    ...SELDOM,
  })
  return customer.data
}

/** All agents, by name. */
export function useAgents() {
  return useQuery({
    queryKey: ['name', 'agents'],
    queryFn: () => fetchClient.GET('/api/v1/agents', { params: { query: { limit: 500 } } }),
    select: ({ data }) => data?.items ?? [],
    ...SELDOM,
  })
}

/** Who pays, leading to its page. */
export function CustomerName({ id }: { id: string | null | undefined }) {
  const name = useCustomerName(id)
  if (!id) return <span aria-hidden>–</span>
  return (
    <Anchor component={Link} to={`/customers/${id}`}>
      {name ?? '…'}
    </Anchor>
  )
}

/** Who was called and is paid for it, leading to its page. */
export function AgentName({ id }: { id: string | null | undefined }) {
  const agents = useAgents()
  if (!id) return <span aria-hidden>–</span>
  return (
    <Anchor component={Link} to={`/agents/${id}`}>
      {agents.data?.find((agent) => agent.id === id)?.name ?? '…'}
    </Anchor>
  )
}

export function useLine(id: string | null | undefined) {
  const line = useQuery({
    queryKey: ['name', 'line', id],
    queryFn: () => fetchClient.GET('/api/v1/lines/{id}', { params: { path: { id: id ?? '' } } }),
    select: ({ data }) => data,
    enabled: Boolean(id),
    ...SELDOM,
  })
  return line.data
}
