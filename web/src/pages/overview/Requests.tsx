import { Card, Group, Title } from '@mantine/core'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, ifVersion, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { CustomerName } from '@/ui/names'
import { PaymentForm } from '@/ui/PaymentForm'
import { listed, PAGES } from '@/ui/pages'

type Request = Schema<'TopUpDocument'>

/** Top-ups that customers have asked for, until somebody answers. */
export default function Requests() {
  const { t } = useTranslation()
  const query = { params: { query: { state: 'open', limit: 20 } } }
  const requests = $api.useInfiniteQuery('get', '/api/v1/top-up-requests', query, PAGES)
  return (
    <Card withBorder component="section" id="requests" aria-label={t('Requests for a top-up')}>
      <Title order={2} size="h4" mb="xs">
        {t('Requests for a top-up')}
      </Title>
      <List
        label={t('Requests for a top-up')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        expected={2}
        empty={{ title: t('All are answered.') }}
        {...listed(requests)}
      />
    </Card>
  )
}

function useColumns(): Column<Request>[] {
  const { t } = useTranslation()
  const isClerk = useSession().is('owner', 'admin', 'clerk')
  const columns: Column<Request>[] = [
    { key: 'customer', title: t('Customer'), cell: ({ customer }) => <CustomerName id={customer} /> },
    {
      key: 'amount',
      title: t('Amount'),
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
      isFigure: true,
    },
    { key: 'note', title: t('Note'), cell: ({ note }) => note ?? <span aria-hidden>–</span> },
    {
      key: 'asked',
      title: t('Asked for'),
      cell: ({ created_at }) => <Time at={created_at} />,
      isFigure: true,
    },
  ]
  if (!isClerk) return columns
  return [
    ...columns,
    {
      key: 'answer',
      title: t('Your answer'),
      cell: (request) => <Answer request={request} />,
      isFigure: true,
    },
  ]
}

/** Has what an answer changes fetched again. */
function useAnswered() {
  const changed = useChanged()
  return () => void changed('top-up-requests', 'overview', 'payments', 'customers', 'receipts')
}

function Answer({ request }: { request: Request }) {
  const { t } = useTranslation()
  const answered = useAnswered()
  return (
    <Group gap={6} justify="flex-end">
      <DialogButton
        size="compact-sm"
        variant="light"
        label={t('It has come in')}
        title={t('Record a payment')}
      >
        {(close) => (
          <PaymentForm
            customer={request.customer}
            isKnown
            amount={request.amount}
            recorded={async ({ id }) => {
              await answer(request, { state: 'done', payment: id })
              answered()
            }}
            close={close}
          />
        )}
      </DialogButton>
      <ConfirmButton
        size="compact-sm"
        label={t('Decline')}
        warning={t('The customer sees that the request is declined.')}
        run={async () => {
          await answer(request, { state: 'declined' })
          answered()
        }}
      />
    </Group>
  )
}

function answer({ id, version }: Request, body: Schema<'TopUpAnswer'>) {
  return fetchClient.PUT('/api/v1/top-up-requests/{id}', {
    params: { path: { id }, header: ifVersion(version) },
    body,
  })
}
