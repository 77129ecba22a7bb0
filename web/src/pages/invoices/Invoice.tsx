import { Tabs, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { Day, Period } from '@/format/day'
import { isZero, Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Facts } from '@/ui/Facts'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { PaperFrame } from '@/ui/PaperFrame'
import { Failure, Waiting } from '@/ui/states'
import { InvoiceActions } from './InvoiceActions'
import { InvoiceCalls } from './InvoiceCalls'
import { Beside } from './PaperPage'
import { InvoiceState, type Paper, usePaper } from './paper'
import { Settlements } from './Settlements'

const route = getRouteApi('/frame/invoices/$id')

/** An invoice as the customer has it, and how it stands by now. */
export function Invoice() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const { show } = route.useSearch()
  const navigate = route.useNavigate()
  const invoice = usePaper('invoices', id)
  if (invoice.error) return <Failure error={invoice.error} again={() => void invoice.refetch()} />
  if (!invoice.data) return <Waiting />
  const title = t('Invoice {{number}}', { number: invoice.data.number ?? '' })
  return (
    <Page
      title={title}
      mark={<InvoiceState {...invoice.data} />}
      actions={<InvoiceActions invoice={invoice.data} />}
    >
      <Beside
        paper={
          <Tabs
            value={show ?? 'paper'}
            onChange={(tab) =>
              void navigate({ search: { show: tab === 'calls' ? 'calls' : undefined }, replace: true })
            }
            keepMounted={false}
          >
            <Tabs.List mb="sm">
              <Tabs.Tab value="paper">{t('The invoice')}</Tabs.Tab>
              <Tabs.Tab value="calls">{t('Its calls')}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="paper">
              <PaperFrame address={`/api/v1/invoices/${invoice.data.id}.html`} title={title} />
            </Tabs.Panel>
            <Tabs.Panel value="calls">
              <InvoiceCalls invoice={invoice.data} />
            </Tabs.Panel>
          </Tabs>
        }
        side={
          <>
            <InvoiceFacts invoice={invoice.data} />
            <Settlements invoice={invoice.data} />
          </>
        }
      />
    </Page>
  )
}

function InvoiceFacts({ invoice }: { invoice: Paper }) {
  const { t } = useTranslation()
  const { currency } = invoice
  const money = (amount: string) => <Money amount={amount} currency={currency} />
  return (
    <Facts
      facts={[
        { title: t('Customer'), value: <CustomerName id={invoice.customer} /> },
        { title: t('Period'), value: <Period of={invoice.period} /> },
        { title: t('Issued'), value: <Time at={invoice.issued_at} style="date" /> },
        {
          title: t('Due'),
          value: (
            <Text span inherit c={invoice.overdue ? 'var(--mantine-color-red-light-color)' : undefined}>
              <Day on={invoice.due_on} />
            </Text>
          ),
        },
        { title: t('Total'), value: money(invoice.total) },
        { title: t('Settled'), value: money(invoice.settled) },
        ...(isZero(invoice.written_off)
          ? []
          : [{ title: t('Written off'), value: money(invoice.written_off) }]),
        { title: t('Still to be paid'), value: money(invoice.open), isStrong: true },
      ]}
    />
  )
}
