// A call that Tollgate places on ordinary phones, and how it stands.
import { useSessionStorage } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { $api, type Schema } from '@/api/client'
import { usePausedSince } from '@/api/live'

export type Status = Schema<'StatusDocument'>

/** A call that was placed for the customer, who sees how it stands. */
export interface Placed {
  /** The call's id. */
  id: string
  /** The agent's. */
  agent: string
  /** The customer's phone that rings. */
  phone: string
}

/** How often it is asked how a call stands, in milliseconds: while phones ring nothing else tells. */
const AGAIN = 1000

/** The call that was placed last from this tab, which is found again when the page is loaded again. */
export function usePlaced(customer: string) {
  return useSessionStorage<Placed | null>({
    key: `tollgate.portal.placed.${customer}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  })
}

export const statusOf = (id: string) =>
  $api.queryOptions('get', '/api/v1/calls/{id}/status', { params: { path: { id } } })

/** How a call stands, as it goes. */
export function useStatus(id: string | undefined) {
  return $api.useQuery(
    'get',
    '/api/v1/calls/{id}/status',
    { params: { path: { id: id ?? '' } } },
    {
      enabled: Boolean(id),
      refetchInterval: ({ state }) => (state.data?.state === 'over' || state.error ? false : AGAIN),
    },
  )
}

/** How long both have talked, in seconds, as it goes: by the server's clock, and by ours since it was asked last. */
export function useTalked(status: Status, toldAt: number): number {
  const [now, setNow] = useState(Date.now)
  const isPaused = Boolean(usePausedSince())
  const isRunning = status.state === 'talking' && !isPaused
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [isRunning])
  if (!status.answered_at) return 0
  const then = Date.parse(status.at) - Date.parse(status.answered_at)
  return Math.floor((then + Math.max(0, now - toldAt)) / 1000)
}
