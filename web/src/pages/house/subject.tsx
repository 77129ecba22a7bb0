import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Translate, useTranslation } from '@/i18n'
import { useTrunks } from '@/pages/trunks/trunk'
import { AgentName, CustomerName, useName } from '@/ui/names'

/** Where a record is shown, by the beginning of its id. */
const PLACES: Record<string, string> = {
  agt: 'agents',
  call: 'calls',
  cnv: 'conversations',
  crn: 'credit-notes',
  cus: 'customers',
  dck: 'decks',
  imp: 'imports',
  inv: 'invoices',
  job: 'jobs',
  lin: 'lines',
  pln: 'plans',
  pof: 'payout-files',
  pyo: 'payouts',
  rct: 'receipts',
  run: 'bill-runs',
  stm: 'statements',
  vba: 'vouchers',
}

const kinds = (t: Translate): Record<string, string> => ({
  alw: t('Allowance'),
  call: t('Call'),
  cnv: t('Conversation'),
  crn: t('Credit note'),
  dck: t('Rate deck'),
  imp: t('Import'),
  inb: t('Number from outside'),
  inv: t('Invoice'),
  itm: t('Item'),
  job: t('Job'),
  key: t('Key'),
  msg: t('Message'),
  pay: t('Payment'),
  pln: t('Plan'),
  pof: t('Bank file'),
  pyo: t('Payout'),
  rct: t('Receipt'),
  rec: t('Recording'),
  recordings: t('Recordings'),
  rte: t('Route'),
  run: t('Bill run'),
  stm: t('Statement'),
  tenant: t('Settings'),
  tkt: t('Invitation'),
  usr: t('User'),
  vba: t('Vouchers'),
})

function kindOf(id: string): string {
  return id.split('_')[0] ?? ''
}

/** The page of a record, where it has one. */
export function placeOf(id: string): string | undefined {
  const place = PLACES[kindOf(id)]
  return place && `/${place}/${id}`
}

/** A record by its name or by what it is, leading to its page where it has one. */
export function Subject({ id }: { id: string }) {
  const { t } = useTranslation()
  if (id.startsWith('cus_')) return <CustomerName id={id} />
  if (id.startsWith('agt_')) return <AgentName id={id} />
  if (id.startsWith('lin_')) return <LineNumber id={id} />
  if (id.startsWith('trk_')) return <TrunkName id={id} />
  const place = placeOf(id)
  const name = kinds(t)[kindOf(id)] ?? (id.length > 16 ? `${kindOf(id)}_…${id.slice(-6)}` : id)
  if (!place) return <span title={id}>{name}</span>
  return (
    <Anchor component={Link} to={place} title={id}>
      {name}
    </Anchor>
  )
}

function LineNumber({ id }: { id: string }) {
  const { t } = useTranslation()
  const number = useName(id)
  return (
    <Anchor component={Link} to={`/lines/${id}`} title={id}>
      {t('Line')} {number ?? '…'}
    </Anchor>
  )
}

/** One that is deleted has its kind only. */
function TrunkName({ id }: { id: string }) {
  const { t } = useTranslation()
  const trunk = useTrunks().rows?.find((one) => one.id === id)
  return (
    <Anchor component={Link} to="/trunks" title={id}>
      {t('Trunk')} {trunk?.name}
    </Anchor>
  )
}
