import { keepPreviousData } from '@tanstack/react-query'
import { $api } from '@/api/client'
import type { Swap } from '@/pages/groups/swaps/swap'

/** A minute: nobody tells when a shift is changed, offered or taken. */
const OFTEN = { refetchInterval: 60_000, placeholderData: keepPreviousData }

/** When an agent is on duty in the days to come, and what is not over yet. */
export function useShifts(agent: string, days: number) {
  const found = $api.useQuery(
    'get',
    '/api/v1/agents/{id}/shifts',
    { params: { path: { id: agent }, query: { days } } },
    OFTEN,
  )
  const ahead = found.data?.items.filter(({ until }) => Date.parse(until) > Date.now())
  return { ahead, error: found.error, again: () => void found.refetch() }
}

/** The swaps that concern an agent: those that it is part of, and what others offer it. */
export function useSwaps(agent: string) {
  const found = $api.useQuery('get', '/api/v1/agents/{id}/swaps', { params: { path: { id: agent } } }, OFTEN)
  const all = found.data?.items
  const isOwn = (swap: Swap) => swap.agent.id === agent || swap.taken_by?.id === agent
  return {
    own: all?.filter(isOwn),
    offered: all?.filter((swap) => !isOwn(swap)),
    error: found.error,
    again: () => void found.refetch(),
  }
}
