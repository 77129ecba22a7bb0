import { Select } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { fetchClient, ifVersion, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { CustomerFields } from './CustomerFields'
import { type CustomerValues, detailsOf, valuesOf } from './customerValues'
import { useDone } from './done'

interface EditProps {
  customer: Schema<'CustomerDocument'>
}

/** Changes who a customer is and how it is billed. */
export function EditCustomer({ customer }: EditProps) {
  const { t } = useTranslation()
  return (
    <DialogButton
      label={t('Edit')}
      title={t('Edit {{name}}', { name: customer.name })}
      variant="default"
      leftSection={<IconPencil size={16} />}
      room="lg"
    >
      {(close) => <EditForm customer={customer} close={close} />}
    </DialogButton>
  )
}

function EditForm({ customer, close }: EditProps & { close: () => void }) {
  const { t } = useTranslation()
  const tell = useDone()
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(customer.version)
  const form = useForm<CustomerValues>({ mode: 'uncontrolled', initialValues: valuesOf(customer) })
  const send = (values: CustomerValues, version?: number) =>
    fetchClient.PUT('/api/v1/customers/{id}', {
      params: { path: { id: customer.id }, header: ifVersion(version ?? read) },
      body: { ...detailsOf(values), state: values.state },
    })
  const leave = (message?: string) => {
    close()
    tell(message)
  }
  return (
    <Form
      form={form}
      send={send}
      done={() => leave(t('Saved'))}
      reload={() => leave()}
      cancel={close}
      submit={t('Save')}
    >
      <CustomerFields form={form} />
      <Select
        label={t('State')}
        data={[
          { value: 'active', label: t('active') },
          { value: 'closed', label: t('closed') },
        ]}
        allowDeselect={false}
        key={form.key('state')}
        {...form.getInputProps('state')}
      />
    </Form>
  )
}
