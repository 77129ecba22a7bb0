import { $api } from '@/api/client'
import type { Line } from './exchange'

/** The lines of a customer that a phone can be. */
export function useOwnLines(customer: string): { lines: Line[] | undefined } {
  const query = { params: { path: { id: customer } } }
  const lines = $api.useQuery('get', '/api/v1/customers/{id}/lines', query)
  const open = lines.data?.items.filter(({ state }) => state !== 'closed')
  return { lines: open?.map(({ id, number }) => ({ id, number })) }
}
