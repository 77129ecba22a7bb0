import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once, type Schema } from '@/api/client'
import { dayOf, dayStart } from '@/format/civil'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { CustomerSelect } from './CustomerSelect'
import { Form } from './Form'
import { useMethods } from './moneyWords'
import { useAmountLabel } from './payer'
import { WhatItSettles } from './WhatItSettles'

type Payment = Schema<'PaymentDocument'>

interface PaymentFormProps {
  customer?: string
  /** Whether the customer is settled, and not to be chosen. */
  isKnown?: boolean
  /** The invoice that it settles first. */
  invoice?: string
  /** What it is expected to be. */
  amount?: string
  /** What follows from it; it is done once that is. */
  recorded?: (payment: Payment) => Promise<unknown>
  close: () => void
}

/** Records money that came in. */
export function PaymentForm({ close, isKnown, ...about }: PaymentFormProps) {
  const { t } = useTranslation()
  // What vouchers bring is recorded when they are redeemed.
  const methods = Object.entries(useMethods()).filter(([value]) => value !== 'voucher')
  const changed = useChanged()
  const { form, today, send } = usePayment(about)
  const [payer, setPayer] = useState(about.customer)
  form.watch('customer', ({ value }) => setPayer(value || undefined))
  const done = () => {
    close()
    void changed('payments', 'invoices', 'customers', 'lines', 'receipts', 'overview')
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Record')}>
      {!isKnown && (
        <CustomerSelect
          label={t('Customer')}
          required
          data-autofocus={payer ? undefined : true}
          key={form.key('customer')}
          {...form.getInputProps('customer')}
        />
      )}
      <SimpleGrid cols={2} spacing="sm">
        <TextInput
          label={useAmountLabel(payer)}
          required
          inputMode="decimal"
          placeholder="0.00"
          data-autofocus={payer ? true : undefined}
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
      <NativeSelect
        label={t('Method')}
        data={methods.map(([value, label]) => ({ value, label }))}
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
function usePayment(about: Omit<PaymentFormProps, 'close' | 'isKnown'>) {
  const { t } = useTranslation()
  const tell = useTelling()
  const { time_zone } = useSession().tenant
  const [header] = useState(once)
  const [today] = useState(() => dayOf(new Date(), time_zone))
  const { customer = '', invoice = '', amount = '' } = about
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { customer, invoice, amount, method: 'transfer', reference: '', received_at: today },
    validate: {
      customer: (chosen) => (chosen ? undefined : t('Who paid?')),
      amount: (text) => (text.trim() ? undefined : t('How much?')),
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
    if (!data) return
    await about.recorded?.(data)
    tell(data)
  }
  return { form, today, send }
}

/** Says what a payment has settled. */
function useTelling() {
  const { t } = useTranslation()
  return ({ amount, currency, settles }: Payment) => {
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
