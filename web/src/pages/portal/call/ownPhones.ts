import { useQueries } from '@tanstack/react-query'
import { $api } from '@/api/client'
import { useOwnLines } from '@/phone/useOwnLines'

/** For how long it is not asked again whether a line has a SIP account, in milliseconds. */
const KNOWN_FOR = 60_000

/** The numbers of a customer's ordinary phones: lines with a SIP account, and the verified phone. */
export function useOwnPhones(customer: string): string[] {
  const path = { params: { path: { id: customer } } }
  const verified = $api.useQuery('get', '/api/v1/customers/{id}', path).data?.verified_phone
  const { lines = [] } = useOwnLines(customer)
  const accounts = useQueries({
    queries: lines.map(({ id }) => ({
      ...$api.queryOptions('get', '/api/v1/lines/{id}/sip-account', { params: { path: { id } } }),
      staleTime: KNOWN_FOR,
    })),
  })
  const own = lines.filter((_, place) => accounts[place]?.data).map(({ number }) => number)
  return [...new Set([...own, ...(verified ? [verified] : [])])]
}
