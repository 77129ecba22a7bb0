import { Select, SimpleGrid, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { $api, fetchClient, once, type Schema } from '@/api/client'
import { dayOf, dayStart } from '@/format/civil'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { useDone } from './done'
import { filled } from './filled'
import { useMethods } from './moneyWords'

type Customer = Pick<Schema<'CustomerDocument'>, 'id' | 'currency' | 'mode'>

/** Records money that came in. */
export function RecordPayment({ customer }: { customer: Customer }) {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('Record a payment')}>
      {(close) => <PaymentForm customer={customer} close={close} />}
    </DialogButton>
  )
}

function PaymentForm({ customer, close }: { customer: Customer; close: () => void }) {
  const { t } = useTranslation()
  const tell = useDone()
  const { time_zone } = useSession().tenant
  const methods = useMethods()
  const [header] = useState(once)
  const [today] = useState(() => dayOf(new Date(), time_zone))
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { amount: '', method: 'transfer', reference: '', received_at: today, invoice: '' },
  })
  const send = ({ received_at, ...values }: ReturnType<typeof form.getValues>) =>
    fetchClient.POST('/api/v1/payments', {
      params: { header },
      body: {
        customer: customer.id,
        amount: values.amount.trim(),
        method: values.method,
        reference: filled(values.reference),
        // What came in today came in now.
        received_at: received_at && received_at !== today ? dayStart(received_at, time_zone) : null,
        invoice: filled(values.invoice),
      },
    })
  const done = () => {
    close()
    tell(t('The payment is recorded.'))
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Record it')}>
      <SimpleGrid cols={2} spacing="sm">
        <TextInput
          label={t('Amount ({{currency}})', { currency: customer.currency })}
          inputMode="decimal"
          data-autofocus
          key={form.key('amount')}
          {...form.getInputProps('amount')}
        />
        <TextInput
          type="date"
          label={t('Came in on')}
          max={today}
          key={form.key('received_at')}
          {...form.getInputProps('received_at')}
        />
      </SimpleGrid>
      <Select
        label={t('How')}
        data={Object.entries(methods).map(([value, label]) => ({ value, label }))}
        allowDeselect={false}
        key={form.key('method')}
        {...form.getInputProps('method')}
      />
      <TextInput
        label={t('Reference')}
        description={t('What the bank or the payer calls it')}
        key={form.key('reference')}
        {...form.getInputProps('reference')}
      />
      {customer.mode === 'postpaid' && (
        <Settles customer={customer.id}>
          {(data) => (
            <Select
              label={t('Settles first')}
              data={[{ value: '', label: t('the oldest unpaid invoice') }, ...data]}
              allowDeselect={false}
              key={form.key('invoice')}
              {...form.getInputProps('invoice')}
            />
          )}
        </Settles>
      )}
    </Form>
  )
}

interface SettlesProps {
  customer: string
  children: (invoices: { value: string; label: string }[]) => React.ReactNode
}

/** The invoices that a payment may settle. */
function Settles({ customer, children }: SettlesProps) {
  const { t } = useTranslation()
  const invoices = $api.useQuery('get', '/api/v1/invoices', { params: { query: { customer, limit: 100 } } })
  const open = invoices.data?.items.filter(({ state }) => state === 'issued' || state === 'part_paid') ?? []
  return children(
    open.map(({ id, number, open, currency }) => ({
      value: id ?? '',
      label: t('{{number}}, open {{amount}}', { number: number ?? '', amount: amountText(open, currency) }),
    })),
  )
}
