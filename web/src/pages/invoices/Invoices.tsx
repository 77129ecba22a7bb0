import { Anchor, Button, Group, NativeSelect, Switch } from '@mantine/core'
import { IconFileSearch } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { Day, Period } from '@/format/day'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { CustomerSelect } from '@/ui/CustomerSelect'
import { type Column, List } from '@/ui/List'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { InvoiceState, type Paper, PaperSections } from './paper'

const route = getRouteApi('/frame/invoices')

/** All invoices, the newest first. */
export function Invoices() {
  const { t } = useTranslation()
  const { customer, state, unpaid, overdue } = route.useSearch()
  const invoices = $api.useInfiniteQuery(
    'get',
    '/api/v1/invoices',
    { params: { query: { customer, state, unpaid, overdue, limit: 50 } } },
    PAGES,
  )
  return (
    <Page
      title={t('Invoices')}
      actions={
        <Button
          component={Link}
          to="/invoices/preview"
          search={{ customer } as never}
          variant="default"
          leftSection={<IconFileSearch size={16} />}
        >
          {t('Preview the next invoice')}
        </Button>
      }
    >
      <PaperSections customer={customer} />
      <Filters />
      <List
        label={t('Invoices')}
        columns={useColumns()}
        rowKey={({ id }) => id ?? ''}
        empty={{
          title: t('There are no invoices yet: a bill run issues them when a period has ended.'),
          isFiltered: Boolean(customer || state || unpaid || overdue),
          action: (
            <Button component={Link} to="/bill-runs">
              {t('Go to the bill runs')}
            </Button>
          ),
        }}
        {...listed(invoices)}
      />
    </Page>
  )
}

function Filters() {
  const { t } = useTranslation()
  const { customer, state, unpaid, overdue } = route.useSearch()
  const navigate = route.useNavigate()
  const states = [
    { value: '', label: t('In any state') },
    { value: 'issued', label: t('issued') },
    { value: 'part_paid', label: t('part paid') },
    { value: 'paid', label: t('paid') },
    { value: 'credited', label: t('credited') },
    { value: 'written_off', label: t('written off') },
  ]
  const filter = (change: { customer?: string; state?: string; unpaid?: true; overdue?: true }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  return (
    <Group gap="sm">
      <CustomerSelect
        aria-label={t('Customer')}
        placeholder={t('Of any customer')}
        clearable
        value={customer ?? null}
        onChange={(id) => filter({ customer: id ?? undefined })}
      />
      <NativeSelect
        aria-label={t('State')}
        data={states}
        value={state ?? ''}
        onChange={(event) => filter({ state: event.currentTarget.value || undefined })}
      />
      <Switch
        label={t('Unpaid only')}
        checked={unpaid ?? false}
        onChange={(event) => filter({ unpaid: event.currentTarget.checked || undefined })}
      />
      <Switch
        label={t('Overdue only')}
        checked={overdue ?? false}
        onChange={(event) => filter({ overdue: event.currentTarget.checked || undefined })}
      />
    </Group>
  )
}

function useColumns(): Column<Paper>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'number',
      title: t('Number'),
      cell: ({ id, number }) => (
        <Anchor component={Link} to={`/invoices/${id}`} className="figures">
          {number}
        </Anchor>
      ),
    },
    { key: 'customer', title: t('Customer'), cell: ({ customer }) => <CustomerName id={customer} /> },
    { key: 'period', title: t('Period'), cell: ({ period }) => <Period of={period} /> },
    {
      key: 'issued',
      title: t('Issued'),
      cell: ({ issued_at }) => <Time at={issued_at} style="date" />,
      isFigure: true,
      onCard: 'never',
    },
    { key: 'due', title: t('Due'), cell: ({ due_on }) => <Day on={due_on} />, isFigure: true },
    {
      key: 'total',
      title: t('Total'),
      cell: ({ total, currency }) => <Money amount={total} currency={currency} />,
      isFigure: true,
    },
    {
      key: 'open',
      title: t('Still to be paid'),
      cell: ({ open, currency, overdue }) => (
        <Money amount={open} currency={currency} fw={overdue ? 600 : undefined} />
      ),
      isFigure: true,
    },
    { key: 'state', title: t('State'), cell: (invoice) => <InvoiceState {...invoice} />, onCard: 'beside' },
  ]
}
