import { NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once, type Schema } from '@/api/client'
import { dayOf, dayStart } from '@/format/civil'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { CustomerSelect } from '@/ui/CustomerSelect'
import { Form } from '@/ui/Form'
import { WhatItSettles } from './WhatItSettles'

/** How money comes in. */
export function useMethods() {
  const { t } = useTranslation()
  return [
    { value: 'transfer', label: t('Bank transfer') },
    { value: 'cash', label: t('Cash') },
    { value: 'card', label: t('Card') },
    { value: 'other', label: t('Other') },
  ]
}

interface RecordPaymentProps {
  customer?: string
  /** The invoice that it settles first. */
  invoice?: string
  close: () => void
}

/** Records money that came in. */
export function RecordPayment({ customer, invoice, close }: RecordPaymentProps) {
  const { t } = useTranslation()
  const methods = useMethods()
  const changed = useChanged()
  const { form, today, send } = usePayment(customer, invoice)
  const [payer, setPayer] = useState(customer)
  form.watch('customer', ({ value }) => setPayer(value || undefined))
  const done = () => {
    close()
    void changed('payments', 'invoices', 'customers', 'lines', 'receipts')
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Record')}>
      <CustomerSelect
        label={t('Customer')}
        required
        data-autofocus={customer ? undefined : true}
        key={form.key('customer')}
        {...form.getInputProps('customer')}
      />
      <TextInput
        label={t('Amount')}
        required
        inputMode="decimal"
        placeholder="0.00"
        data-autofocus={customer ? true : undefined}
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
      {payer && (
        <WhatItSettles
          customer={payer}
          key={form.key('invoice') + payer}
          {...form.getInputProps('invoice')}
        />
      )}
    </Form>
  )
}

/** What is entered of a payment, and how it is recorded. */
function usePayment(customer = '', invoice = '') {
  const { t } = useTranslation()
  const tell = useTelling()
  const { time_zone } = useSession().tenant
  const [header] = useState(once)
  const [today] = useState(() => dayOf(new Date(), time_zone))
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { customer, invoice, amount: '', method: 'transfer', reference: '', received_at: today },
    validate: {
      customer: (chosen) => (chosen ? undefined : t('Who paid?')),
      amount: (amount) => (amount.trim() ? undefined : t('How much?')),
    },
  })
  const send = async ({ received_at, ...values }: typeof form.values) => {
    // What came in today came in now.
    const isNow = received_at === '' || received_at === today
    const { data } = await fetchClient.POST('/api/v1/payments', {
      params: { header },
      body: {
        customer: values.customer,
        amount: values.amount.trim(),
        method: values.method,
        reference: values.reference.trim() || null,
        received_at: isNow ? null : dayStart(received_at, time_zone),
        invoice: values.invoice || null,
      },
    })
    if (data) tell(data)
  }
  return { form, today, send }
}

/** Says what a payment has settled. */
function useTelling() {
  const { t } = useTranslation()
  return ({ amount, currency, settles }: Schema<'PaymentDocument'>) => {
    const numbers = settles.map(({ number }) => number).join(', ')
    const recorded = { amount: amountText(amount, currency), numbers }
    notifications.show({
      color: 'green',
      message: numbers
        ? t('{{amount}} recorded: it settles {{numbers}}.', recorded)
        : t('{{amount}} recorded: it is on the balance.', recorded),
    })
  }
}
