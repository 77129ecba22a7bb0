import { NumberInput, SimpleGrid, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useChanged } from '@/api/changed'
import { fetchClient, type Schema } from '@/api/client'
import { dayAfter, dayStart } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Form } from '@/ui/Form'

interface NewBatchProps {
  /** What is done with the codes, which are told this once. */
  made: (answer: Schema<'NewVoucherBatchAnswer'>) => void
  close: () => void
}

/** Makes a batch of vouchers. */
export function NewBatch({ made, close }: NewBatchProps) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const changed = useChanged()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', amount: '', currency: '', count: 10, expires_at: '' },
    validate: {
      name: (name) => (name.trim() ? undefined : t('What is it called?')),
      amount: (amount) => (amount.trim() ? undefined : t('How much?')),
    },
  })
  let answer: Schema<'NewVoucherBatchAnswer'> | undefined
  const send = async ({ name, amount, currency, count, expires_at }: typeof form.values) => {
    const { data } = await fetchClient.POST('/api/v1/voucher-batches', {
      body: {
        name,
        amount: amount.trim().replace(',', '.'),
        currency: currency.trim().toUpperCase() || null,
        count: Number(count),
        // The last day counts.
        expires_at: expires_at ? dayStart(dayAfter(expires_at), tenant.time_zone) : null,
      },
    })
    answer = data
  }
  const done = () => {
    close()
    void changed('voucher-batches')
    if (answer) made(answer)
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Make the vouchers')}>
      <TextInput
        label={t('Name')}
        description={t('What you know them by, where they are sold for example.')}
        required
        data-autofocus
        key={form.key('name')}
        {...form.getInputProps('name')}
      />
      <SimpleGrid cols={2} spacing="sm">
        <TextInput
          label={t('Each is worth')}
          placeholder="0.00"
          inputMode="decimal"
          required
          key={form.key('amount')}
          {...form.getInputProps('amount')}
        />
        <TextInput
          label={t('Currency')}
          placeholder={tenant.currency}
          maxLength={3}
          key={form.key('currency')}
          {...form.getInputProps('currency')}
        />
        <NumberInput
          label={t('How many')}
          min={1}
          max={1000}
          allowDecimal={false}
          required
          key={form.key('count')}
          {...form.getInputProps('count')}
        />
        <TextInput
          type="date"
          label={t('Good until')}
          key={form.key('expires_at')}
          {...form.getInputProps('expires_at')}
        />
      </SimpleGrid>
    </Form>
  )
}
