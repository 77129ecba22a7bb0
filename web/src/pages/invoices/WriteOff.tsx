import { Modal, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once } from '@/api/client'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import type { Paper } from './paper'

interface WriteOffProps {
  invoice: Paper
  isOpen: boolean
  close: () => void
}

/** Gives up what is unpaid of an invoice. */
export function WriteOffModal({ isOpen, ...props }: WriteOffProps) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={isOpen}
      onClose={props.close}
      title={t('Write off invoice {{number}}', { number: props.invoice.number ?? '' })}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <WriteOffForm {...props} />
    </Modal>
  )
}

function WriteOffForm({ invoice, close }: Omit<WriteOffProps, 'isOpen'>) {
  const { t } = useTranslation()
  const changed = useChanged()
  const [header] = useState(once)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { reason: '' },
    validate: { reason: (reason) => (reason.trim() ? undefined : t('Why?')) },
  })
  const send = (body: { reason: string }) =>
    fetchClient.POST('/api/v1/invoices/{id}/write-off', {
      params: { path: { id: invoice.id ?? '' }, header },
      body,
    })
  const done = () => {
    close()
    notifications.show({ color: 'green', message: t('It is written off.') })
    void changed('invoices', 'customers', 'lines')
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Write it off')}>
      <Text>
        {t('The customer owes {{amount}} no more, and the loss is booked. This cannot be taken back.', {
          amount: amountText(invoice.open, invoice.currency),
        })}
      </Text>
      <Textarea
        label={t('Reason')}
        required
        autosize
        minRows={2}
        data-autofocus
        key={form.key('reason')}
        {...form.getInputProps('reason')}
      />
    </Form>
  )
}
