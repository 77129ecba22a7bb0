import { Radio, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { Form } from './Form'

interface ReverseFormProps {
  payment: Schema<'PaymentDocument'>
  close: () => void
}

/** Records that a payment went back. */
export function ReverseForm({ payment, close }: ReverseFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [key] = useState(once)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { kind: 'bounce', amount: '', reason: '' },
    validate: { reason: (reason) => (reason.trim() ? undefined : t('Why?')) },
  })
  const done = () => {
    close()
    void changed('payments', 'reversals', 'invoices', 'customers', 'lines')
  }
  return (
    <Form
      form={form}
      send={({ kind, amount, reason }) =>
        fetchClient.POST('/api/v1/payments/{id}/reversals', {
          params: { path: { id: payment.id }, header: key },
          body: { kind, reason, amount: amount.trim().replace(',', '.') || null },
        })
      }
      done={done}
      cancel={close}
      submit={t('Record')}
    >
      <Text size="sm">
        {t('Payment of')} <Money amount={payment.amount} currency={payment.currency} />
      </Text>
      <Radio.Group label={t('What happened')} key={form.key('kind')} {...form.getInputProps('kind')}>
        <Stack gap="xs" mt="xs">
          <Radio
            value="bounce"
            label={t('Bounced')}
            description={t('The bank returned it: what it had settled is to be paid again')}
          />
          <Radio
            value="repayment"
            label={t('Paid back')}
            description={t('You have sent back what the customer has not spent')}
          />
          <Radio
            value="dispute"
            label={t('Disputed')}
            description={t('The bank has withdrawn it until the dispute is decided')}
          />
        </Stack>
      </Radio.Group>
      <TextInput
        label={t('Amount, {{currency}}', { currency: payment.currency })}
        description={t('All that is left of it, where nothing is entered')}
        inputMode="decimal"
        key={form.key('amount')}
        {...form.getInputProps('amount')}
      />
      <Textarea
        label={t('Reason')}
        required
        autosize
        minRows={2}
        maxLength={500}
        key={form.key('reason')}
        {...form.getInputProps('reason')}
      />
    </Form>
  )
}
