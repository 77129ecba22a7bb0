import { useQueryClient } from '@tanstack/react-query'

/** Has a call, and the lists that it is in, fetched again. */
export function useFetchAgain() {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).includes('/calls') })
  }
}
