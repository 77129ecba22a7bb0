import { useQuery } from '@tanstack/react-query'
import { fetchClient } from '@/api/client'

/** All groups, by name. */
export function useGroups() {
  const groups = useQuery({
    queryKey: ['name', '/groups'],
    queryFn: () => fetchClient.GET('/api/v1/groups', { params: { query: { limit: 500 } } }),
    select: ({ data }) => data?.items ?? [],
  })
  return groups.data ?? []
}
