import { Anchor, Badge, Group, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api, fetchClient, ifVersion, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { type Column, List } from '@/ui/List'
import { useDone } from './done'
import { NewItem } from './NewItem'
import { useMayChange } from './rights'

type Item = Schema<'ItemDocument'>

interface ItemsProps {
  customer: Schema<'CustomerDocument'>
  lines: Schema<'LineDocument'>[]
}

/** What a customer is charged beside its plans: once, or each period. */
export function Items({ customer, lines }: ItemsProps) {
  const { t } = useTranslation()
  const mayChange = useMayChange()
  const items = $api.useQuery('get', '/api/v1/customers/{id}/items', {
    params: { path: { id: customer.id } },
  })
  const make = mayChange && customer.mode === 'postpaid' && <NewItem customer={customer} lines={lines} />
  return (
    <Stack gap="md">
      {make && <Group justify="flex-end">{make}</Group>}
      <List
        label={t('Items')}
        columns={useColumns(lines, mayChange)}
        rows={items.data?.items}
        rowKey={({ id }) => id}
        error={items.error}
        again={() => void items.refetch()}
        empty={{ title: t('Nothing is charged beside the plans.') }}
        expected={2}
      />
    </Stack>
  )
}

/** Whether it will be charged, or charged again. */
const isOpen = ({ kind, to, invoice }: Item) => !to && !(kind === 'one_off' && invoice)

function useColumns(lines: Schema<'LineDocument'>[], mayChange: boolean): Column<Item>[] {
  const { t } = useTranslation()
  const number = (id: string) => lines.find((line) => line.id === id)?.number ?? id
  const columns: Column<Item>[] = [
    { key: 'name', title: t('Name'), cell: ({ name }) => name },
    {
      key: 'kind',
      title: t('Charged'),
      cell: ({ kind }) => (kind === 'one_off' ? t('once') : t('each period')),
    },
    {
      key: 'line',
      title: t('Line'),
      cell: ({ line }) =>
        line ? (
          <Anchor component={Link} to={`/lines/${line}`}>
            {number(line)}
          </Anchor>
        ) : (
          '–'
        ),
    },
    { key: 'from', title: t('From'), cell: ({ from }) => <Time at={from} style="date" /> },
    { key: 'to', title: t('Until'), cell: (item) => <End item={item} /> },
    {
      key: 'amount',
      title: t('Amount'),
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
      isFigure: true,
    },
  ]
  const end: Column<Item> = {
    key: 'end',
    title: t('Action'),
    cell: (item) => (isOpen(item) ? <EndItem item={item} /> : '–'),
  }
  return mayChange ? [...columns, end] : columns
}

function End({ item: { kind, to, invoice } }: { item: Item }) {
  const { t } = useTranslation()
  if (invoice)
    return (
      <Anchor component={Link} to={`/invoices/${invoice}`}>
        {t('invoiced')}
      </Anchor>
    )
  if (!to) return '–'
  return kind === 'one_off' ? (
    <Badge variant="light" color="gray">
      {t('taken back')}
    </Badge>
  ) : (
    <Time at={to} style="date" />
  )
}

function EndItem({ item: { id, name, kind, version } }: { item: Item }) {
  const { t } = useTranslation()
  const tell = useDone()
  const run = async (key: { 'Idempotency-Key': string }) => {
    const header = { ...key, ...ifVersion(version) }
    await fetchClient.POST('/api/v1/items/{id}/end', { params: { path: { id }, header } })
    tell(t('Saved'))
  }
  return (
    <ConfirmButton
      label={kind === 'one_off' ? t('Take back') : t('End')}
      warning={
        kind === 'one_off'
          ? t('"{{name}}" will be on no invoice.', { name })
          : t('"{{name}}" ends now; its part of the running period stays.', { name })
      }
      run={run}
      size="compact-xs"
    />
  )
}
