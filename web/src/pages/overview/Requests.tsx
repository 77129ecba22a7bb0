import { Card, Group, NativeSelect, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, ifVersion, once, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { type Column, List } from '@/ui/List'
import { CustomerName } from '@/ui/names'
import { listed, PAGES } from '@/ui/pages'
import { useMethods } from '../invoices/RecordPayment'

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
    { key: 'note', title: t('Note'), cell: ({ note }) => note ?? '–' },
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
        {(close) => <Received request={request} close={close} />}
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

/** Records the payment that was asked for, and names it in the answer. */
function Received({ request, close }: { request: Request; close: () => void }) {
  const { t } = useTranslation()
  const answered = useAnswered()
  const methods = useMethods()
  const [header] = useState(once)
  const { customer } = request
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { amount: request.amount, method: 'transfer', reference: '' },
  })
  const send = async ({ amount, method, reference }: typeof form.values) => {
    const body = { customer, amount: amount.trim(), method, reference: reference.trim() || null }
    const { data } = await fetchClient.POST('/api/v1/payments', { params: { header }, body })
    await answer(request, { state: 'done', payment: data?.id })
  }
  const done = () => {
    close()
    notifications.show({ color: 'green', message: t('The payment is recorded, and the request done.') })
    answered()
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Record')}>
      <TextInput
        label={t('Amount')}
        required
        inputMode="decimal"
        data-autofocus
        key={form.key('amount')}
        {...form.getInputProps('amount')}
      />
      <NativeSelect
        label={t('Method')}
        data={methods}
        key={form.key('method')}
        {...form.getInputProps('method')}
      />
      <TextInput
        label={t('Reference')}
        description={t('What the bank or the payer calls it')}
        key={form.key('reference')}
        {...form.getInputProps('reference')}
      />
    </Form>
  )
}
