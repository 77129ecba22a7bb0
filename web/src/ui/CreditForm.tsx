import { Radio, Stack, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once, type Schema } from '@/api/client'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
import { CustomerSelect } from './CustomerSelect'
import { Form } from './Form'
import { useAmountLabel, usePayer } from './payer'

interface CreditFormProps {
  customer?: string
  /** Whether the customer is settled, and not to be chosen. */
  isKnown?: boolean
  close: () => void
}

/** Records money in the customer's favour that nobody paid, or an adjustment. */
export function CreditForm({ customer, isKnown, close }: CreditFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [header] = useState(once)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { customer: customer ?? '', kind: 'credit', amount: '', reason: '' },
    validate: {
      customer: (chosen) => (chosen ? undefined : t('Whose account?')),
      amount: (amount) => (amount.trim() ? undefined : t('How much?')),
      reason: (reason) => (reason.trim() ? undefined : t('Why?')),
    },
  })
  const [payer, setPayer] = useState(customer)
  form.watch('customer', ({ value }) => setPayer(value || undefined))
  const send = async ({ kind, amount, ...credit }: typeof form.values) => {
    const { data } = await fetchClient.POST('/api/v1/credits', {
      params: { header },
      body: { ...credit, kind: kind as Schema<'NewCreditKind'>, amount: amount.trim() },
    })
    if (!data) return
    const recorded = { amount: amountText(data.amount, data.currency) }
    notifications.show({
      color: 'green',
      message: t('{{amount}} recorded: it is on the balance.', recorded),
    })
  }
  const done = () => {
    close()
    void changed('credits', 'invoices', 'customers', 'lines')
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Record')}>
      {!isKnown && (
        <CustomerSelect
          label={t('Customer')}
          required
          key={form.key('customer')}
          {...form.getInputProps('customer')}
        />
      )}
      <Kinds
        hasPromotional={usePayer(payer)?.mode !== 'postpaid'}
        key={form.key('kind')}
        {...form.getInputProps('kind')}
      />
      <TextInput
        label={useAmountLabel(payer)}
        description={t('Below zero only for an adjustment')}
        required
        inputMode="decimal"
        placeholder="0.00"
        key={form.key('amount')}
        {...form.getInputProps('amount')}
      />
      <Textarea
        label={t('Reason')}
        required
        autosize
        minRows={2}
        key={form.key('reason')}
        {...form.getInputProps('reason')}
      />
    </Form>
  )
}

interface KindsProps {
  /** Whether the customer may have promotional credit: who pays in advance may. */
  hasPromotional: boolean
  defaultValue?: string
  onChange?: (kind: string) => void
}

function Kinds({ hasPromotional, ...props }: KindsProps) {
  const { t } = useTranslation()
  return (
    <Radio.Group label={t('Kind')} {...props}>
      <Stack gap="xs" mt="xs">
        <Radio value="credit" label={t('Credit')} description={t('In the customer’s favour')} />
        {hasPromotional && (
          <Radio
            value="promotional"
            label={t('Promotional credit')}
            description={t('For prepaid customers: spent before paid money, never paid out')}
          />
        )}
        <Radio
          value="adjustment"
          label={t('Adjustment')}
          description={t('Puts something right, either way')}
        />
      </Stack>
    </Radio.Group>
  )
}
