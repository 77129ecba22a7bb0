import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { fetchClient, ifVersion, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { useDone } from './done'
import { filled } from './filled'

interface VerifiedPhoneProps {
  customer: Schema<'CustomerDocument'>
}

/** The phone of which somebody has seen that it is the customer's: calls to agents can ring it. */
export function VerifiedPhone({ customer }: VerifiedPhoneProps) {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('Verified phone')} variant="default">
      {(close) => <PhoneForm customer={customer} close={close} />}
    </DialogButton>
  )
}

function PhoneForm({ customer, close }: VerifiedPhoneProps & { close: () => void }) {
  const { t } = useTranslation()
  const tell = useDone()
  // What is entered is about the record as it was when the form opened.
  const [{ id, version, verified_phone }] = useState(customer)
  const form = useForm({ mode: 'uncontrolled', initialValues: { phone: verified_phone ?? '' } })
  const leave = (message?: string) => {
    close()
    tell(message)
  }
  return (
    <Form
      form={form}
      send={({ phone }, known) =>
        fetchClient.PUT('/api/v1/customers/{id}/verified-phone', {
          params: { path: { id }, header: ifVersion(known ?? version) },
          body: { phone: filled(phone) },
        })
      }
      done={() => leave(t('Saved'))}
      reload={() => leave()}
      cancel={close}
      submit={t('Save')}
    >
      <TextInput
        type="tel"
        label={t('Phone')}
        description={t(
          'Enter it only when you have seen that it is the customer’s: calls to agents ring it. Empty: none.',
        )}
        data-autofocus
        key={form.key('phone')}
        {...form.getInputProps('phone')}
      />
    </Form>
  )
}
