import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { $api, type Schema } from '@/api/client'
import { Day } from '@/format/day'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'
import { StateBadge } from '@/ui/StateBadge'
import { OwnPage } from './OwnCustomer'

type Invoice = Schema<'PaperDocument'>

/** A customer's invoices, to read and to keep. */
export function Invoices() {
  const { t } = useTranslation()
  return <OwnPage title={t('My invoices')}>{(customer) => <Listed customer={customer} />}</OwnPage>
}

function Listed({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const balance = $api.useQuery('get', '/api/v1/customers/{id}/balance', {
    params: { path: { id: customer } },
  })
  const invoices = $api.useInfiniteQuery(
    'get',
    '/api/v1/invoices',
    { params: { query: { customer, limit: 24 } } },
    PAGES,
  )
  const columns: Column<Invoice>[] = [
    {
      key: 'number',
      title: t('Number'),
      cell: ({ id, number }) => (
        <Anchor href={`/api/v1/invoices/${id}.html`} target="_blank" rel="noopener">
          {number}
        </Anchor>
      ),
    },
    {
      key: 'issued',
      title: t('Issued'),
      cell: ({ issued_at }) => <Time at={issued_at} style="date" />,
    },
    { key: 'due', title: t('Due'), cell: ({ due_on }) => <Day on={due_on} /> },
    {
      key: 'state',
      title: t('State'),
      cell: ({ state, overdue }) => <StateBadge state={overdue ? 'overdue' : state} />,
    },
    {
      key: 'total',
      title: t('Total'),
      isFigure: true,
      cell: ({ total, currency }) => <Money amount={total} currency={currency} />,
    },
    {
      key: 'open',
      title: t('To pay'),
      isFigure: true,
      cell: ({ open, currency }) => <Money amount={open} currency={currency} />,
    },
    { key: 'file', title: t('Download'), isFigure: true, cell: (invoice) => <Download invoice={invoice} /> },
  ]
  return (
    <Stack gap="sm">
      {balance.data && (
        <Group gap="xs">
          <Text c="dimmed">{t('To pay in all')}</Text>
          <Money amount={balance.data.unpaid} currency={balance.data.currency} fw={650} />
        </Group>
      )}
      <List
        label={t('My invoices')}
        columns={columns}
        rowKey={({ id, number }) => id ?? number ?? ''}
        empty={{ title: t('There are no invoices yet.') }}
        {...listed(invoices)}
      />
    </Stack>
  )
}

function Download({ invoice: { id, number } }: { invoice: Invoice }) {
  const { t } = useTranslation()
  return (
    <Button
      component="a"
      href={`/api/v1/invoices/${id}.pdf`}
      download
      variant="default"
      size="compact-sm"
      leftSection={<IconDownload size={14} />}
      aria-label={t('Download {{number}} as PDF', { number: number ?? '' })}
    >
      PDF
    </Button>
  )
}
