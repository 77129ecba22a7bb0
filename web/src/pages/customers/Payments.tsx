import { Anchor, Group, Stack, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { isZero, Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { AutomaticTopUp } from '@/ui/AutomaticTopUp'
import { CreditForm } from '@/ui/CreditForm'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { useCreditKinds, useMethods } from '@/ui/moneyWords'
import { listed, PAGES } from '@/ui/pages'
import { RedeemVoucher } from '@/ui/RedeemVoucher'
import { useMayChange } from './rights'

type Customer = Schema<'CustomerDocument'>
type Payment = Schema<'PaymentDocument'>
type Credit = Schema<'CreditDocument'>

/** What a customer paid, and what was credited. */
export function Payments({ customer }: { customer: Customer }) {
  const { t } = useTranslation()
  const mayChange = useMayChange()
  return (
    <Stack gap="md">
      {mayChange && (
        // That of payments is above, on each tab.
        <Group justify="flex-end">
          <DialogButton label={t('Redeem a voucher')} variant="default">
            {(close) => <RedeemVoucher customer={customer.id} close={close} />}
          </DialogButton>
          <DialogButton label={t('Record a credit')} variant="default">
            {(close) => <CreditForm customer={customer.id} isKnown close={close} />}
          </DialogButton>
        </Group>
      )}
      {customer.mode === 'prepaid' && <AutomaticTopUp customer={customer.id} mayChange={mayChange} />}
      <Paid customer={customer} />
      <Credited customer={customer} />
    </Stack>
  )
}

function Paid({ customer }: { customer: Customer }) {
  const { t } = useTranslation()
  const methods = useMethods()
  const payments = $api.useInfiniteQuery(
    'get',
    '/api/v1/customers/{id}/payments',
    { params: { path: { id: customer.id }, query: { limit: 50 } } },
    PAGES,
  )
  const columns: Column<Payment>[] = [
    { key: 'at', title: t('Came in'), cell: ({ received_at }) => <Time at={received_at} style="date" /> },
    { key: 'method', title: t('Method'), cell: ({ method }) => methods[method] ?? method },
    {
      key: 'reference',
      title: t('Reference'),
      cell: ({ reference }) => reference ?? <span aria-hidden>–</span>,
    },
    { key: 'settles', title: t('Settles'), cell: (payment) => <Settled payment={payment} /> },
    {
      key: 'amount',
      title: t('Amount'),
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
      isFigure: true,
      onCard: 'beside',
    },
  ]
  return (
    <List
      label={t('Payments')}
      columns={columns}
      rowKey={({ id }) => id}
      empty={{ title: t('Nothing has been paid yet.') }}
      expected={3}
      {...listed(payments)}
    />
  )
}

function Settled({ payment: { settles, unspent, currency } }: { payment: Payment }) {
  const { t } = useTranslation()
  if (settles.length === 0 && isZero(unspent)) return <span aria-hidden>–</span>
  return (
    <Group gap="xs" component="span" display="inline-flex">
      {settles.map(({ invoice, number }) => (
        <Anchor key={invoice} component={Link} to={`/invoices/${invoice}`}>
          {number ?? invoice}
        </Anchor>
      ))}
      {!isZero(unspent) && (
        <span>
          {t('left')} <Money amount={unspent} currency={currency} />
        </span>
      )}
    </Group>
  )
}

function Credited({ customer }: { customer: Customer }) {
  const { t } = useTranslation()
  const kinds = useCreditKinds()
  const credits = $api.useInfiniteQuery(
    'get',
    '/api/v1/credits',
    { params: { query: { customer: customer.id, limit: 50 } } },
    PAGES,
  )
  const columns: Column<Credit>[] = [
    { key: 'at', title: t('Recorded'), cell: ({ created_at }) => <Time at={created_at} style="date" /> },
    { key: 'kind', title: t('Kind'), cell: ({ kind }) => kinds[kind] ?? kind },
    { key: 'reason', title: t('Reason'), cell: ({ reason }) => reason },
    {
      key: 'amount',
      title: t('Amount'),
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
      isFigure: true,
      onCard: 'beside',
    },
  ]
  const list = listed(credits)
  if (list.rows?.length === 0) return null
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        {t('Credits, adjustments and refunds')}
      </Title>
      <List
        label={t('Credits, adjustments and refunds')}
        columns={columns}
        rowKey={({ id }) => id}
        empty={{ title: '' }}
        expected={2}
        {...list}
      />
    </Stack>
  )
}
