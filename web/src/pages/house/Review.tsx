import { Modal, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useChanged } from '@/api/changed'
import { fetchClient, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'

interface ReviewProps {
  alert: Schema<'AlertDocument'>
  isOpen: boolean
  close: () => void
}

/** Says that an alert was looked at, and what was found. */
export function ReviewModal({ isOpen, ...props }: ReviewProps) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={isOpen}
      onClose={props.close}
      title={t('Review the alert')}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <ReviewForm {...props} />
    </Modal>
  )
}

function ReviewForm({ alert, close }: Omit<ReviewProps, 'isOpen'>) {
  const { t } = useTranslation()
  const changed = useChanged()
  const form = useForm({ mode: 'uncontrolled', initialValues: { note: '' } })
  const send = ({ note }: { note: string }) =>
    fetchClient.PUT('/api/v1/alerts/{id}/review', {
      params: { path: { id: alert.id } },
      body: { note: note.trim() || null },
    })
  const done = () => {
    close()
    void changed('alerts', 'overview')
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('It was looked at')}>
      <Text size="sm">{alert.detail}</Text>
      {alert.suspended && (
        <Text size="sm">
          {t('The customer’s lines stay suspended until an owner or admin lifts the reason fraud from each.')}
        </Text>
      )}
      <Textarea
        label={t('What was found')}
        autosize
        minRows={2}
        data-autofocus
        key={form.key('note')}
        {...form.getInputProps('note')}
      />
    </Form>
  )
}
