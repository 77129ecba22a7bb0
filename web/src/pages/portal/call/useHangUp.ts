import { useChanged } from '@/api/changed'
import { $api } from '@/api/client'

/** Hangs up a call that a switch carries. What is over meanwhile is over: nothing is said of it. */
export function useHangUp(id: string) {
  const changed = useChanged()
  const hangUp = $api.useMutation('post', '/api/v1/calls/{id}/hang-up', {
    onSettled: () => changed('calls', 'charging'),
  })
  return () => hangUp.mutate({ params: { path: { id } } })
}
