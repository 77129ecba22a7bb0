// Records name each other by their ids: these show them by name.
import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { fetchClient } from '@/api/client'
import { useTranslation } from '@/i18n'

// Names hardly change: no hint about a balance or a presence fetches them again, as their keys are no addresses.
const SELDOM = { staleTime: 600_000, gcTime: 3_600_000 }

/** How many names the API tells at once. */
const MOST = 200

/** The name of a customer, or the number of a line. */
export function useName(id: string | null | undefined): string | undefined {
  const name = useQuery({
    queryKey: ['name', id],
    queryFn: () => nameOf(id ?? ''),
    enabled: Boolean(id),
    ...SELDOM,
  })
  return name.data ?? undefined
}

/** All agents, by name. */
export function useAgents() {
  return useQuery({
    queryKey: ['name', 'agents'],
    queryFn: () => fetchClient.GET('/api/v1/agents', { params: { query: { limit: 500 } } }),
    select: ({ data }) => data?.items ?? [],
    ...SELDOM,
  })
}

/** Who pays, leading to its page. */
export function CustomerName({ id }: { id: string | null | undefined }) {
  const name = useName(id)
  if (!id) return <span aria-hidden>–</span>
  return (
    <Anchor component={Link} to={`/customers/${id}`}>
      {name ?? '…'}
    </Anchor>
  )
}

/** A line by its number, leading to its page. */
export function LineName({ id }: { id: string }) {
  const { t } = useTranslation()
  const number = useName(id) ?? '…'
  return (
    <Anchor component={Link} to={`/lines/${id}`}>
      {t('Line {{number}}', { number })}
    </Anchor>
  )
}

/** Who was called and is paid for it, leading to its page. */
export function AgentName({ id }: { id: string | null | undefined }) {
  const agents = useAgents()
  if (!id) return <span aria-hidden>–</span>
  return (
    <Anchor component={Link} to={`/agents/${id}`}>
      {agents.data?.find((agent) => agent.id === id)?.name ?? '…'}
    </Anchor>
  )
}

interface Asked {
  ids: Set<string>
  names: Promise<Map<string, string>>
}

let asked: Asked | undefined

/** What is asked for at once, by the rows of a list for instance, goes in one request. */
async function nameOf(id: string): Promise<string | null> {
  if (!asked || asked.ids.size >= MOST) asked = ask()
  const { ids, names } = asked
  ids.add(id)
  return (await names).get(id) ?? null
}

function ask(): Asked {
  const ids = new Set<string>()
  const names = new Promise((resolve) => setTimeout(resolve)).then(async () => {
    if (asked?.ids === ids) asked = undefined
    const query = { ids: [...ids].join(',') }
    const { data } = await fetchClient.GET('/api/v1/names', { params: { query } })
    return new Map(data?.items.map(({ id, name }) => [id, name]))
  })
  return { ids, names }
}
