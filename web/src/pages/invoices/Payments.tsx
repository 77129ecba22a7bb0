import { Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { isZero, Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { CustomerSelect } from '@/ui/CustomerSelect'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { useMethods } from '@/ui/moneyWords'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { PaymentForm } from '@/ui/PaymentForm'
import { listed, PAGES } from '@/ui/pages'
import { ReverseForm } from '@/ui/ReverseForm'
import { Sections } from '@/ui/Sections'
import { Reversals } from './Reversals'

type Payment = Schema<'PaymentDocument'>

const route = getRouteApi('/frame/payments')

/** Leads between what came in, what was credited, the files of banks, and the vouchers that bring more; the customer stays. */
export function MoneySections({ customer }: { customer?: string }) {
  const { t } = useTranslation()
  return (
    <Sections
      label={t('Money')}
      search={{ customer }}
      pages={[
        { to: '/payments', title: t('Payments') },
        { to: '/credits', title: t('Credits and adjustments') },
        { to: '/bank', title: t('Bank') },
        { to: '/vouchers', title: t('Vouchers') },
      ]}
    />
  )
}

/** All payments, the newest first. */
export function Payments() {
  const { t } = useTranslation()
  const { customer, record, invoice } = route.useSearch()
  const navigate = route.useNavigate()
  const mayRecord = useSession().is('owner', 'admin', 'clerk')
  const payments = $api.useInfiniteQuery(
    'get',
    '/api/v1/payments',
    { params: { query: { customer, limit: 50 } } },
    PAGES,
  )
  const close = () => void navigate({ search: { customer }, replace: true })
  const button = mayRecord && (
    <Button
      leftSection={<IconPlus size={16} />}
      onClick={() => void navigate({ search: { customer, record: true } })}
    >
      {t('Record a payment')}
    </Button>
  )
  return (
    <Page title={t('Payments')} actions={button}>
      <MoneySections customer={customer} />
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
        label={t('Payments')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        empty={{ title: t('There are no payments yet.'), isFiltered: Boolean(customer), action: button }}
        {...listed(payments)}
      />
      <Reversals customer={customer} />
      <Modal
        opened={Boolean(record && mayRecord)}
        onClose={close}
        title={t('Record a payment')}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        <PaymentForm customer={customer} invoice={invoice} close={close} />
      </Modal>
    </Page>
  )
}

function useColumns(): Column<Payment>[] {
  const { t } = useTranslation()
  const mayRecord = useSession().is('owner', 'admin', 'clerk')
  const methods = useMethods()
  return [
    { key: 'received', title: t('Came in'), cell: ({ received_at }) => <Time at={received_at} /> },
    { key: 'customer', title: t('Customer'), cell: ({ customer }) => <CustomerName id={customer} /> },
    {
      key: 'method',
      title: t('Method'),
      cell: ({ method }) => methods[method] ?? method,
    },
    {
      key: 'reference',
      title: t('Reference'),
      cell: ({ reference }) => reference ?? <span aria-hidden>–</span>,
    },
    { key: 'settles', title: t('Settles'), cell: (payment) => <Settles {...payment} /> },
    {
      key: 'amount',
      title: t('Amount'),
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
      isFigure: true,
      onCard: 'beside',
    },
    {
      key: 'back',
      title: t('Went back'),
      cell: (payment) => <WentBack payment={payment} mayRecord={mayRecord} />,
    },
  ]
}

/** What of a payment went back, and the button to record that it does. */
function WentBack({ payment, mayRecord }: { payment: Payment; mayRecord: boolean }) {
  const { t } = useTranslation()
  const { amount, returned, currency } = payment
  return (
    <Group gap="xs">
      {!isZero(returned) && <Money amount={returned} currency={currency} />}
      {mayRecord && returned !== amount && (
        <DialogButton
          label={t('Went back …')}
          title={t('A payment went back')}
          variant="subtle"
          size="compact-sm"
        >
          {(close) => <ReverseForm payment={payment} close={close} />}
        </DialogButton>
      )}
    </Group>
  )
}

/** Which invoices a payment settles, and what is left of it. */
function Settles({ settles, unspent, currency }: Payment) {
  const { t } = useTranslation()
  if (settles.length === 0 && isZero(unspent)) return t('the balance')
  return (
    <Stack gap={0}>
      {settles.map(({ invoice, number, amount }) => (
        <Text key={invoice} size="sm">
          <Anchor component={Link} to={`/invoices/${invoice}`} className="figures" underline="always">
            {number}
          </Anchor>{' '}
          <Money amount={amount} currency={currency} c="dimmed" />
        </Text>
      ))}
      {!isZero(unspent) && (
        <Text size="sm" c="dimmed">
          {t('waits for the next invoice')} <Money amount={unspent} currency={currency} />
        </Text>
      )}
    </Stack>
  )
}
