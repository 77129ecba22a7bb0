import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'

/** Says that something is done, and fetches what is on the screen again: one change shows in many places. */
export function useDone() {
  const queries = useQueryClient()
  return useCallback(
    (message?: string) => {
      if (message) notifications.show({ message })
      void queries.invalidateQueries()
    },
    [queries],
  )
}
