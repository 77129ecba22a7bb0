import { $api } from '@/api/client'

/** The rate decks, for choosing and naming one. */
export function useDecks() {
  const { data } = $api.useQuery(
    'get',
    '/api/v1/decks',
    { params: { query: { limit: 500 } } },
    { staleTime: 60_000 },
  )
  const decks = data?.items ?? []
  return { decks, nameOf: (id: string) => decks.find((deck) => deck.id === id)?.name ?? id }
}
