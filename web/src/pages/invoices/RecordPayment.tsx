import { NativeSelect, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once } from '@/api/client'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
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
  const changed = useChanged()
  const methods = useMethods()
  const [header] = useState(once)
  const [payer, setPayer] = useState(customer)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: {
      customer: customer ?? '',
      amount: '',
      method: 'transfer',
      reference: '',
      invoice: invoice ?? '',
    },
    validate: {
      customer: (chosen) => (chosen ? undefined : t('Who paid?')),
      amount: (amount) => (amount.trim() ? undefined : t('How much?')),
    },
  })
  form.watch('customer', ({ value }) => setPayer(value || undefined))
  const send = async ({ reference, invoice: first, amount, ...payment }: typeof form.values) => {
    const { data } = await fetchClient.POST('/api/v1/payments', {
      params: { header },
      body: {
        ...payment,
        amount: amount.trim(),
        reference: reference.trim() || null,
        invoice: first || null,
      },
    })
    if (!data) return
    const numbers = data.settles.map(({ number }) => number).join(', ')
    const recorded = { amount: amountText(data.amount, data.currency), numbers }
    notifications.show({
      color: 'green',
      message: numbers
        ? t('{{amount}} recorded: it settles {{numbers}}.', recorded)
        : t('{{amount}} recorded: it is on the balance.', recorded),
    })
  }
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
