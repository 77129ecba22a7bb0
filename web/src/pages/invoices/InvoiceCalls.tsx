import { useState } from 'react'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Duration, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { Mark, type Paper } from './paper'

type Call = Schema<'PaperCallDocument'>

const AT_ONCE = 100

/** The calls on an invoice: they come all at once, but are shown a hundred at a time. */
export function InvoiceCalls({ invoice }: { invoice: Paper }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(AT_ONCE)
  const calls = $api.useQuery('get', '/api/v1/invoices/{id}/calls', {
    params: { path: { id: invoice.id ?? '' } },
  })
  const items = calls.data?.items
  const columns: Column<Call>[] = [
    { key: 'answered', title: t('Answered'), cell: ({ answered_at }) => <Time at={answered_at} /> },
    { key: 'line', title: t('Line'), cell: ({ number }) => <span className="figures">{number}</span> },
    { key: 'to', title: t('Number called'), cell: ({ to }) => <span className="figures">{to}</span> },
    {
      key: 'name',
      title: t('Under'),
      cell: ({ name, earlier }) => (
        <>
          {name} {earlier && <Mark>{t('of an earlier period')}</Mark>}
        </>
      ),
    },
    {
      key: 'duration',
      title: t('Duration'),
      cell: ({ seconds }) => <Duration seconds={seconds} />,
      isFigure: true,
    },
    {
      key: 'amount',
      title: t('Price'),
      cell: ({ amount }) => <Money amount={amount} currency={invoice.currency} />,
      isFigure: true,
    },
  ]
  return (
    <List
      label={t('Its calls')}
      columns={columns}
      rows={items?.slice(0, shown)}
      more={
        items && items.length > shown
          ? { fetch: () => setShown(shown + AT_ONCE), isFetching: false }
          : undefined
      }
      error={calls.error}
      again={() => void calls.refetch()}
      // A call has no id here, and never moves.
      rowKey={({ number, answered_at, to, amount }) => [number, answered_at, to, amount].join()}
      empty={{ title: t('There are no calls on this invoice.') }}
    />
  )
}
