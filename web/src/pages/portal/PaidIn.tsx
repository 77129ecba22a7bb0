import { Badge, Stack, Title } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'

/** What was asked for, and what was paid. */
export function PaidIn({ customer }: { customer: string }) {
  return (
    <>
      <Asked customer={customer} />
      <Payments customer={customer} />
    </>
  )
}

function Asked({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const requests = $api.useQuery('get', '/api/v1/customers/{id}/top-up-requests', {
    params: { path: { id: customer } },
  })
  const states: Record<string, string> = { open: t('asked for'), done: t('paid in'), declined: t('declined') }
  const columns: Column<Schema<'TopUpDocument'>>[] = [
    { key: 'on', title: t('Asked on'), cell: ({ created_at }) => <Time at={created_at} /> },
    { key: 'note', title: t('Note'), cell: ({ note }) => note ?? '–' },
    {
      key: 'state',
      title: t('State'),
      cell: ({ state }) => (
        <Badge variant="light" radius="sm" color={state === 'open' ? 'yellow' : 'gray'}>
          {states[state]}
        </Badge>
      ),
    },
    {
      key: 'amount',
      title: t('Amount'),
      isFigure: true,
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
    },
  ]
  const shown = requests.data?.items.filter(({ state }) => state !== 'done')
  if (!shown?.length) return null
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t('Requests for funds')}
      </Title>
      <List
        label={t('Requests for funds')}
        columns={columns}
        rows={shown}
        rowKey={({ id }) => id}
        empty={{ title: '' }}
      />
    </Stack>
  )
}

function Payments({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const payments = $api.useInfiniteQuery(
    'get',
    '/api/v1/customers/{id}/payments',
    { params: { path: { id: customer }, query: { limit: 10 } } },
    PAGES,
  )
  const columns: Column<Schema<'PaymentDocument'>>[] = [
    {
      key: 'on',
      title: t('Received'),
      cell: ({ received_at }) => <Time at={received_at} style="date" />,
    },
    { key: 'for', title: t('For'), cell: (payment) => <For {...payment} /> },
    {
      key: 'amount',
      title: t('Amount'),
      isFigure: true,
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
    },
  ]
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t('Payments')}
      </Title>
      <List
        label={t('Payments')}
        columns={columns}
        rowKey={({ id }) => id}
        empty={{ title: t('Nothing was paid yet.') }}
        expected={3}
        {...listed(payments)}
      />
    </Stack>
  )
}

/** What a payment was for, or what it came by. */
function For({ method, reference }: Schema<'PaymentDocument'>) {
  const { t } = useTranslation()
  if (method === 'voucher') return t('Voucher …{{ending}}', { ending: reference ?? '' })
  return reference ?? t('My account')
}
