import { useQueryClient } from '@tanstack/react-query'

/** Has what is shown of agents and their payouts fetched again, their names everywhere as well. */
export function useAgentsChanged() {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({
      predicate: ({ queryKey: [kind, address] }) =>
        /\/(agents|payouts|payout-files)/.test(String(address)) || (kind === 'name' && address === 'agents'),
    })
  }
}
