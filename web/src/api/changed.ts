import { useQueryClient } from '@tanstack/react-query'

/** Has what is on the screen fetched again after a change, wherever one of these words is in its address: `changed('invoices', 'payments')`. */
export function useChanged() {
  const queries = useQueryClient()
  return (...words: string[]) =>
    queries.invalidateQueries({
      predicate: ({ queryKey }) => words.some((word) => String(queryKey[1]).includes(`/${word}`)),
    })
}
