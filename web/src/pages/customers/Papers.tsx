import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Day, Period } from '@/format/day'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'
import { StateBadge } from '@/ui/StateBadge'

type Paper = Schema<'PaperDocument'>
type Place = 'invoices' | 'credit-notes' | 'receipts' | 'statements'

/** A customer's invoices and credit notes, or receipts and statements, and what comes next. */
export function Papers({ customer }: { customer: Schema<'CustomerDocument'> }) {
  const { t } = useTranslation()
  const columns = usePaperColumns()
  if (customer.mode === 'prepaid')
    return (
      <Stack gap="lg">
        <OfKind
          customer={customer.id}
          place="receipts"
          title={t('Receipts for top-ups')}
          columns={[columns.number('receipts'), columns.issued, columns.total]}
          empty={t('There is none yet: each payment gets one.')}
        />
        <OfKind
          customer={customer.id}
          place="statements"
          title={t('Statements')}
          columns={[columns.period('statements'), columns.issued, columns.total]}
          empty={t('There is none yet: each month in which something moves gets one.')}
        />
      </Stack>
    )
  return (
    <Stack gap="lg">
      <Next customer={customer.id} />
      <OfKind
        customer={customer.id}
        place="invoices"
        title={t('Invoices')}
        columns={[
          columns.number('invoices'),
          columns.period(),
          columns.due,
          columns.state,
          columns.open,
          columns.total,
        ]}
        empty={t('There is no invoice yet.')}
      />
      <OfKind
        customer={customer.id}
        place="credit-notes"
        title={t('Credit notes')}
        columns={[columns.number('credit-notes'), columns.issued, columns.total]}
        isOptional
      />
    </Stack>
  )
}

/** What the running periods sum up to, leading to what the next invoices would be. */
function Next({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const preview = $api.useQuery('get', '/api/v1/customers/{id}/invoices/preview', {
    params: { path: { id: customer } },
  })
  return preview.data?.items.map((paper) => (
    <Card key={paper.line ?? ''} withBorder padding="sm">
      <Group justify="space-between">
        <Text size="sm">
          {t('Next invoice')}, <Period of={paper.period} />
        </Text>
        <Group gap="md">
          <Money amount={paper.total} currency={paper.currency} fw={650} />
          <Anchor component={Link} to="/invoices/preview" search={{ customer } as never} size="sm">
            {t('Preview and issue')}
          </Anchor>
        </Group>
      </Group>
    </Card>
  ))
}

interface OfKindProps {
  customer: string
  place: Place
  title: string
  columns: Column<Paper>[]
  empty?: string
  /** Whether nothing is shown where there is none. */
  isOptional?: boolean
}

function OfKind({ customer, place, title, columns, empty = '', isOptional }: OfKindProps) {
  const papers = $api.useInfiniteQuery(
    'get',
    // The lists have the same filter, and answer alike.
    `/api/v1/${place}` as '/api/v1/receipts',
    { params: { query: { customer, limit: 20 } } },
    PAGES,
  )
  const list = listed(papers)
  if (isOptional && !list.rows?.length) return null
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        {title}
      </Title>
      <List
        label={title}
        columns={columns}
        rowKey={({ id }) => id ?? ''}
        empty={{ title: empty }}
        expected={3}
        {...list}
      />
    </Stack>
  )
}

function usePaperColumns() {
  const { t } = useTranslation()
  const column = (
    key: string,
    title: string,
    cell: Column<Paper>['cell'],
    isFigure = false,
  ): Column<Paper> => ({ key, title, cell, isFigure })
  return {
    number: (place: Place) =>
      column('number', t('Number'), ({ id, number }) => (
        <Anchor component={Link} to={`/${place}/${id}`}>
          {number}
        </Anchor>
      )),
    period: (place?: Place) =>
      column('period', t('Period'), ({ id, period }) =>
        place ? (
          <Anchor component={Link} to={`/${place}/${id}`}>
            <Period of={period} />
          </Anchor>
        ) : (
          <Period of={period} />
        ),
      ),
    issued: column('issued', t('Issued'), ({ issued_at }) => <Time at={issued_at} style="date" />),
    due: column('due', t('Due'), ({ due_on }) => <Day on={due_on} />),
    state: column('state', t('State'), ({ state, overdue }) => (
      <StateBadge state={overdue ? 'overdue' : state} />
    )),
    open: column(
      'open',
      t('Open'),
      ({ open, currency }) => <Money amount={open} currency={currency} />,
      true,
    ),
    total: column(
      'total',
      t('Total'),
      ({ total, currency }) => <Money amount={total} currency={currency} />,
      true,
    ),
  }
}
