import type { Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { useAccounts, useEntryKinds } from '@/ui/moneyWords'
import { AgentName, CustomerName } from '@/ui/names'

type Entry = Schema<'EntryDocument'>

/** The entries that charged a call and refunded it. */
export function Entries({ entries }: { entries: Entry[] }) {
  const { t } = useTranslation()
  const kinds = useEntryKinds()
  const columns: Column<Entry>[] = [
    { key: 'posted', title: t('Posted'), cell: ({ posted_at }) => <Time at={posted_at} style="exact" /> },
    { key: 'kind', title: t('Kind'), cell: ({ kind }) => kinds[kind] ?? kind },
    { key: 'from', title: t('From account'), cell: ({ from }) => <Account id={from} /> },
    { key: 'to', title: t('To account'), cell: ({ to }) => <Account id={to} /> },
    {
      key: 'amount',
      title: t('Amount'),
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
      isFigure: true,
      onCard: 'beside',
    },
  ]
  const inOrder = entries.toSorted((one, other) => one.posted_at.localeCompare(other.posted_at))
  return (
    <List
      label={t('Entries')}
      columns={columns}
      rows={inOrder}
      rowKey={({ key }) => key}
      empty={{ title: '' }}
    />
  )
}

/** An account: a customer's, an agent's, or one of the tenant's own. */
function Account({ id }: { id: string }) {
  const accounts = useAccounts()
  if (id.startsWith('cus_')) return <CustomerName id={id} />
  if (id.startsWith('agt_')) return <AgentName id={id} />
  return accounts[id] ?? id
}
