import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { AgentName, CustomerName } from '@/ui/names'

/** Where a record is shown, by the beginning of its id. */
const PLACES: Record<string, string> = {
  agt: 'agents',
  call: 'calls',
  conv: 'conversations',
  crn: 'credit-notes',
  cus: 'customers',
  dck: 'decks',
  imp: 'imports',
  inv: 'invoices',
  job: 'jobs',
  lin: 'lines',
  pln: 'plans',
  rct: 'receipts',
  run: 'bill-runs',
  stm: 'statements',
}

/** The page of a record, where it has one. */
export function placeOf(id: string): string | undefined {
  const place = PLACES[id.split('_')[0] ?? '']
  return place && `/${place}/${id}`
}

/** A record by its name or its id, leading to its page where it has one. */
export function Subject({ id }: { id: string }) {
  if (id.startsWith('cus_')) return <CustomerName id={id} />
  if (id.startsWith('agt_')) return <AgentName id={id} />
  const place = placeOf(id)
  // The end tells records apart, the beginning is the day that they were made.
  const short = id.length > 16 ? `${id.slice(0, id.indexOf('_') + 1)}…${id.slice(-6)}` : id
  if (!place) return <span title={id}>{short}</span>
  return (
    <Anchor component={Link} to={place} title={id}>
      {short}
    </Anchor>
  )
}
