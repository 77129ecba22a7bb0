import { Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'

/** Gives back what a call cost, or a part of it. */
export function Refund({ explained, close }: { explained: Schema<'ExplainedCall'>; close: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [header] = useState(once)
  const { id, price } = explained.call
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { amount: '', reason: '' },
    validate: { reason: (reason) => (reason.trim() ? undefined : t('Why?')) },
  })
  const send = ({ amount, reason }: { amount: string; reason: string }) =>
    fetchClient.POST('/api/v1/calls/{id}/refunds', {
      params: { path: { id }, header },
      body: { amount: amount.trim() || null, reason },
    })
  const done = () => {
    close()
    notifications.show({ message: t('It is refunded.') })
    void changed('calls', 'customers', 'credits')
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Refund')}>
      {price && (
        <Text size="sm">
          {t('Charged:')} <Money amount={price.total} currency={price.currency} />
          {' · '}
          {t('refunded so far:')} <Money amount={explained.refunded} currency={price.currency} />
        </Text>
      )}
      <TextInput
        label={t('Amount')}
        description={t('Leave it empty to refund all that is left.')}
        inputMode="decimal"
        leftSection={
          <Text size="xs" c="dimmed">
            {price?.currency}
          </Text>
        }
        leftSectionWidth={48}
        data-autofocus
        key={form.key('amount')}
        {...form.getInputProps('amount')}
      />
      <TextInput label={t('Reason')} required key={form.key('reason')} {...form.getInputProps('reason')} />
    </Form>
  )
}
