// The agents whom a customer can call, and what it asks for its account.
import { useQuery } from '@tanstack/react-query'
import { fetchClient, type Schema } from '@/api/client'

/** An agent, as a customer sees it with what it has. */
export interface CallableAgent {
  id: string
  name: string
  about: string | null
  languages: string[]
  /** What is dialled. */
  number: string
  presence: 'online' | 'busy' | 'away' | 'offline'
  currency: string
  rate: { connect_fee: string; price_per_minute: string } | null
  price_per_message: string | null
  free_seconds: number
  /** Null where nothing limits a call. */
  talk_seconds: number | null
  /** What has to be there for a call to start, where there is less. */
  needs: string | null
  refusal: Schema<'TalkTimeRefusal'> | null
}

/** An agent, as everybody may see it. */
export interface PublicAgent {
  id: string
  name: string
  about: string | null
  languages: string[]
  presence: CallableAgent['presence']
  tenant: string
  prices: { currency: string; connect_fee: string; price_per_minute: string }[]
}

/** Reads an address that the generated types do not have yet. */
async function read<Found>(address: string): Promise<Found> {
  const { data } = await fetchClient.GET(address as '/health')
  return data as Found
}

export function useCallable(customer: string | undefined) {
  const address = `/api/v1/customers/${customer}/agents`
  return useQuery({
    queryKey: ['get', address],
    queryFn: async () => (await read<{ items: CallableAgent[] }>(address)).items,
    enabled: Boolean(customer),
  })
}

export function usePublicAgent(id: string) {
  const address = `/api/v1/public/agents/${id}`
  return useQuery({
    queryKey: ['get', address],
    queryFn: () => read<PublicAgent>(address),
    retry: false,
    // Who is not signed in is told nothing by itself.
    refetchInterval: 20_000,
  })
}

export interface TopUpRequest {
  id: string
  amount: string
  currency: string
  note: string | null
  state: 'open' | 'done' | 'declined'
  created_at: string
}

export function useTopUps(customer: string) {
  const address = `/api/v1/customers/${customer}/top-up-requests`
  return useQuery({
    queryKey: ['get', address],
    queryFn: async () => (await read<{ items: TopUpRequest[] }>(address)).items,
  })
}

export async function askForTopUp(customer: string, body: { amount: string; note?: string }, key: object) {
  const address = `/api/v1/customers/${customer}/top-up-requests`
  await fetchClient.POST(address as '/api/v1/receipts' as never, { body, headers: key } as never)
}
