import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { useAccounts, useEntryKinds } from '@/ui/moneyWords'
import { listed, PAGES } from '@/ui/pages'

type Entry = Schema<'EntryDocument'>

/** Every amount that moved to or from a customer. */
export function Ledger({ customer: { id } }: { customer: Schema<'CustomerDocument'> }) {
  const { t } = useTranslation()
  const kinds = useEntryKinds()
  const entries = $api.useInfiniteQuery(
    'get',
    '/api/v1/customers/{id}/ledger',
    { params: { path: { id }, query: { limit: 50 } } },
    PAGES,
  )
  const columns: Column<Entry>[] = [
    { key: 'at', title: t('Posted'), cell: ({ posted_at }) => <Time at={posted_at} /> },
    { key: 'kind', title: t('Kind'), cell: ({ kind }) => kinds[kind] ?? kind },
    {
      key: 'other',
      title: t('With'),
      cell: ({ from, to }) => <Party id={from === id ? to : from} />,
    },
    { key: 'reference', title: t('About'), cell: ({ reference }) => <Reference id={reference} /> },
    {
      key: 'amount',
      title: t('Amount'),
      cell: ({ from, amount, currency }) => (
        <Money amount={from === id ? negated(amount) : amount} currency={currency} />
      ),
      isFigure: true,
      onCard: 'beside',
    },
  ]
  return (
    <List
      label={t('Ledger')}
      columns={columns}
      rowKey={({ key, from, to }) => [key, from, to].join()}
      empty={{ title: t('Nothing has moved yet.') }}
      {...listed(entries)}
    />
  )
}

/** The amount as it changes the balance of whom it leaves. */
function negated(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`
}

/** Who or what is on the other side of an entry. */
function Party({ id }: { id: string }) {
  const { t } = useTranslation()
  const accounts = useAccounts()
  const place = PLACES[id.split('_')[0] ?? '']
  if (accounts[id]) return accounts[id]
  return place ? (
    <Anchor component={Link} to={`/${place}/${id}`}>
      {place === 'agents' ? t('agent') : t('customer')}
    </Anchor>
  ) : (
    id
  )
}

/** Where records are shown, by what their ids begin with. */
const PLACES: Record<string, string> = {
  call: 'calls',
  inv: 'invoices',
  lin: 'lines',
  crn: 'credit-notes',
  agt: 'agents',
  cus: 'customers',
}

/** What an entry is about, leading there. */
function Reference({ id }: { id: string }) {
  const { t } = useTranslation()
  const prefix = id.split('_')[0] ?? ''
  const names: Record<string, string> = {
    call: t('call'),
    inv: t('invoice'),
    lin: t('line'),
    crn: t('credit note'),
    pay: t('payment'),
    crd: t('credit'),
    trf: t('transfer'),
    msg: t('message'),
  }
  const place = PLACES[prefix]
  const name = names[prefix] ?? id
  return place ? (
    <Anchor component={Link} to={`/${place}/${id}`}>
      {name}
    </Anchor>
  ) : (
    name
  )
}
