import { Button, Modal, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fetchClient, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'

const REQUESTS = '/api/v1/customers/{id}/top-up-requests'

interface AddFundsProps {
  customer: string
  currency: string | undefined
}

/** Asks for a top-up: who runs the lines answers, and records what is paid. */
export function AddFunds({ customer, currency }: AddFundsProps) {
  const { t } = useTranslation()
  const [isOpen, { open, close }] = useDisclosure()
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={open}>
        {t('Add funds')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t('Add funds')}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        <Request customer={customer} currency={currency} close={close} />
      </Modal>
    </>
  )
}

function Request({ customer, currency, close }: AddFundsProps & { close: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [key] = useState(once)
  const form = useForm({ mode: 'uncontrolled', initialValues: { amount: '', note: '' } })
  const done = () => {
    void queries.invalidateQueries({ queryKey: ['get', REQUESTS] })
    notifications.show({ message: t('Your request is on its way.'), color: 'green' })
    close()
  }
  return (
    <Form
      form={form}
      send={({ amount, note }) =>
        fetchClient.POST(REQUESTS, {
          params: { path: { id: customer }, header: key },
          body: { amount: amount.trim().replace(',', '.'), note: note.trim() || null },
        })
      }
      done={done}
      cancel={close}
      submit={t('Ask for it')}
    >
      <Text size="sm">
        {t(
          'Say how much you want to add. You are told how to pay, and it is on your account once it came in.',
        )}
      </Text>
      <TextInput
        label={t('Amount')}
        rightSection={currency}
        rightSectionWidth={56}
        inputMode="decimal"
        required
        data-autofocus
        key={form.key('amount')}
        {...form.getInputProps('amount')}
      />
      <Textarea
        label={t('Note')}
        placeholder={t('How you pay, for example')}
        maxLength={500}
        rows={2}
        key={form.key('note')}
        {...form.getInputProps('note')}
      />
    </Form>
  )
}
