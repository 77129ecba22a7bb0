import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { fetchClient, once, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { useDone } from './done'

type Customer = Pick<Schema<'CustomerDocument'>, 'id' | 'currency' | 'mode'>

/** Records money in the customer's favour that nobody paid, or an adjustment. */
export function RecordCredit({ customer }: { customer: Customer }) {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('Record a credit')} variant="default">
      {(close) => <CreditForm customer={customer} close={close} />}
    </DialogButton>
  )
}

function CreditForm({ customer, close }: { customer: Customer; close: () => void }) {
  const { t } = useTranslation()
  const tell = useDone()
  const [header] = useState(once)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { kind: 'credit' as Schema<'NewCreditKind'>, amount: '', reason: '' },
  })
  const send = (values: ReturnType<typeof form.getValues>) =>
    fetchClient.POST('/api/v1/credits', {
      params: { header },
      body: { ...values, customer: customer.id, amount: values.amount.trim() },
    })
  const done = () => {
    close()
    tell(t('The credit is recorded.'))
  }
  const promotional = { value: 'promotional', label: t('Promotional credit: spent first, never paid out') }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Record it')}>
      <Select
        label={t('Kind')}
        data={[
          { value: 'credit', label: t("Credit: in the customer's favour") },
          ...(customer.mode === 'prepaid' ? [promotional] : []),
          { value: 'adjustment', label: t('Adjustment: either way') },
        ]}
        allowDeselect={false}
        key={form.key('kind')}
        {...form.getInputProps('kind')}
      />
      <TextInput
        label={t('Amount ({{currency}})', { currency: customer.currency })}
        description={t('Below zero only for an adjustment')}
        inputMode="text"
        data-autofocus
        key={form.key('amount')}
        {...form.getInputProps('amount')}
      />
      <TextInput label={t('Reason')} key={form.key('reason')} {...form.getInputProps('reason')} />
    </Form>
  )
}
