import { useQuery } from '@tanstack/react-query'
import { fetchClient } from '@/api/client'
import { useTranslation } from '@/i18n'

/** Who did something, as the audit names it: `user:` and an id, `key:` and an id, `cli`, `scheduler`. */
export function ActorName({ actor }: { actor: string }) {
  const { t } = useTranslation()
  const programs: Record<string, string> = {
    cli: t('the command line'),
    scheduler: t('Tollgate itself'),
    charging: t('Tollgate itself'),
    exchange: t('Tollgate itself'),
    softswitch: t('Tollgate itself'),
    demo: t('the demo'),
    setup: t('the first run'),
    public: t('somebody not signed in'),
  }
  const members = useQuery({
    // Names hardly change: the key is no address, so that no hint fetches them again.
    queryKey: ['name', 'members'],
    queryFn: () => fetchClient.GET('/api/v1/members', { params: { query: { limit: 500 } } }),
    select: ({ data }) => new Map(data?.items.map(({ user }) => [`user:${user.id}`, user.name])),
    enabled: actor.startsWith('user:'),
    staleTime: 600_000,
  })
  const known = actor.startsWith('key:') ? t('an API key') : (programs[actor] ?? actor)
  return <span title={actor}>{members.data?.get(actor) ?? known}</span>
}
