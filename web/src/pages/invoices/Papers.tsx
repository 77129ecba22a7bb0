import { Anchor, Group } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { Period } from '@/format/day'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { CustomerSelect } from '@/ui/CustomerSelect'
import { type Column, List } from '@/ui/List'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { type Paper, PaperSections } from './paper'

interface PapersProps {
  place: 'credit-notes' | 'receipts' | 'statements'
  title: string
  /** What is said where there is none. */
  none: string
  columns: Column<Paper>[]
}

function Papers({ place, title, none, columns }: PapersProps) {
  const { t } = useTranslation()
  // The lists have the same filter, and answer alike.
  const route = getRouteApi(`/frame/${place}` as '/frame/receipts')
  const { customer } = route.useSearch()
  const navigate = route.useNavigate()
  const papers = $api.useInfiniteQuery(
    'get',
    `/api/v1/${place}` as '/api/v1/receipts',
    { params: { query: { customer, limit: 50 } } },
    PAGES,
  )
  return (
    <Page title={title}>
      <PaperSections customer={customer} />
      <Group>
        <CustomerSelect
          aria-label={t('Customer')}
          placeholder={t('Of any customer')}
          clearable
          value={customer ?? null}
          onChange={(id) => void navigate({ search: { customer: id ?? undefined }, replace: true })}
        />
      </Group>
      <List
        label={title}
        columns={columns}
        rowKey={({ id }) => id ?? ''}
        empty={{ title: none, isFiltered: Boolean(customer) }}
        {...listed(papers)}
      />
    </Page>
  )
}

/** The columns that each kind has. */
function useColumns() {
  const { t } = useTranslation()
  const link = (place: string): Column<Paper> => ({
    key: 'number',
    title: t('Number'),
    cell: ({ id, number }) => (
      <Anchor component={Link} to={`/${place}/${id}`} className="figures">
        {number}
      </Anchor>
    ),
  })
  const customer: Column<Paper> = {
    key: 'customer',
    title: t('Customer'),
    cell: (paper) => <CustomerName id={paper.customer} />,
  }
  const issued: Column<Paper> = {
    key: 'issued',
    title: t('Issued'),
    cell: ({ issued_at }) => <Time at={issued_at} style="date" />,
    isFigure: true,
  }
  const total: Column<Paper> = {
    key: 'total',
    title: t('Total'),
    cell: (paper) => <Money amount={paper.total} currency={paper.currency} />,
    isFigure: true,
    onCard: 'beside',
  }
  return { link, customer, issued, total }
}

/** What was taken back of invoices. */
export function CreditNotes() {
  const { t } = useTranslation()
  const { link, customer, issued, total } = useColumns()
  const corrects: Column<Paper> = {
    key: 'corrects',
    title: t('Of the invoice'),
    cell: (paper) =>
      paper.corrects && (
        <Anchor component={Link} to={`/invoices/${paper.corrects.invoice}`} className="figures">
          {paper.corrects.number}
        </Anchor>
      ),
  }
  const reason: Column<Paper> = { key: 'reason', title: t('Reason'), cell: ({ notes }) => notes[0] ?? '–' }
  return (
    <Papers
      place="credit-notes"
      title={t('Credit notes')}
      none={t('There are no credit notes. One is made on the page of the invoice that it takes back.')}
      columns={[link('credit-notes'), customer, corrects, reason, issued, total]}
    />
  )
}

/** What prepaid customers got for their payments. */
export function Receipts() {
  const { t } = useTranslation()
  const { link, customer, issued, total } = useColumns()
  return (
    <Papers
      place="receipts"
      title={t('Receipts')}
      none={t('There are no receipts. A prepaid customer gets one for each payment.')}
      columns={[link('receipts'), customer, issued, total]}
    />
  )
}

/** What prepaid customers had and used, month by month. */
export function Statements() {
  const { t } = useTranslation()
  const { customer, issued } = useColumns()
  const period: Column<Paper> = {
    key: 'period',
    title: t('Period'),
    cell: ({ id, period }) => (
      <Anchor component={Link} to={`/statements/${id}`}>
        <Period of={period} />
      </Anchor>
    ),
  }
  const sum = (key: 'opening' | 'credited' | 'charged' | 'closing', title: string): Column<Paper> => ({
    key,
    title,
    cell: ({ statement, currency }) => <Money amount={statement?.[key]} currency={currency} />,
    isFigure: true,
  })
  return (
    <Papers
      place="statements"
      title={t('Statements')}
      none={t('There are no statements. A prepaid customer gets one each month.')}
      columns={[
        period,
        customer,
        issued,
        sum('opening', t('Before')),
        sum('credited', t('Came in')),
        sum('charged', t('Charged')),
        sum('closing', t('After')),
      ]}
    />
  )
}
