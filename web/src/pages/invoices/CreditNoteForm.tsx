import { Modal, SegmentedControl, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import { CreditedLines } from './CreditedLines'
import { CreditNoteEffect } from './CreditNoteEffect'
import type { Paper } from './paper'

/** As the API takes it, but that an empty amount stands for all that is left. */
export interface NewCreditNote {
  reason: string
  lines: { line: number; amount: string }[]
}

interface CreditNoteProps {
  invoice: Paper
  isOpen: boolean
  close: () => void
}

/** Takes back an invoice, as a whole or by line. */
export function CreditNoteModal({ isOpen, ...props }: CreditNoteProps) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={isOpen}
      onClose={props.close}
      title={t('Credit note for invoice {{number}}', { number: props.invoice.number ?? '' })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <CreditNoteForm {...props} />
    </Modal>
  )
}

function CreditNoteForm({ invoice, close }: Omit<CreditNoteProps, 'isOpen'>) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const changed = useChanged()
  const [header] = useState(once)
  const [extent, setExtent] = useState<'whole' | 'lines'>('whole')
  const form = useForm<NewCreditNote>({
    initialValues: { reason: '', lines: [] },
    validate: {
      reason: (reason) => (reason.trim() ? undefined : t('Why?')),
      lines: ({ length }) =>
        extent === 'lines' && length === 0 ? t('Choose at least one line.') : undefined,
    },
  })
  const send = async ({ reason, lines }: NewCreditNote) => {
    const chosen = lines.map(({ line, amount }) => ({ line, amount: amount.trim() || null }))
    const { data } = await fetchClient.POST('/api/v1/invoices/{id}/credit-notes', {
      params: { path: { id: invoice.id ?? '' }, header },
      body: { reason, lines: extent === 'lines' ? chosen : [] },
    })
    form.resetDirty()
    notifications.show({
      color: 'green',
      message: t('Credit note {{number}} is made.', { number: data?.number ?? '' }),
    })
    await navigate({ to: `/credit-notes/${data?.id}` as '/' })
  }
  const done = () => {
    close()
    void changed('invoices', 'credit-notes', 'customers', 'lines')
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Make the credit note')}>
      <SegmentedControl
        aria-label={t('What is taken back')}
        value={extent}
        onChange={setExtent}
        data={[
          { value: 'whole', label: t('The whole invoice') },
          { value: 'lines', label: t('By line') },
        ]}
      />
      {extent === 'lines' && <CreditedLines invoice={invoice} form={form} />}
      <Textarea
        label={t('Reason')}
        description={t('It stands on the credit note.')}
        required
        autosize
        minRows={2}
        {...form.getInputProps('reason')}
      />
      <CreditNoteEffect invoice={invoice} lines={extent === 'lines' ? form.values.lines : undefined} />
    </Form>
  )
}
