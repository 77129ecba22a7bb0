import { useQuery } from '@tanstack/react-query'
import { fetchClient } from '@/api/client'

/** Who did something, as the audit names it: `user:` and an id, `key:` and an id, `cli`, `scheduler`. */
export function ActorName({ actor }: { actor: string }) {
  const members = useQuery({
    // Names hardly change: the key is no address, so that no hint fetches them again.
    queryKey: ['name', 'members'],
    queryFn: () => fetchClient.GET('/api/v1/members', { params: { query: { limit: 500 } } }),
    select: ({ data }) => new Map(data?.items.map(({ user }) => [`user:${user.id}`, user.name])),
    enabled: actor.startsWith('user:'),
    staleTime: 600_000,
  })
  return <span>{members.data?.get(actor) ?? actor}</span>
}
