import { Input, SegmentedControl, SimpleGrid, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { fetchClient, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { CustomerFields } from './CustomerFields'
import { type CustomerValues, detailsOf, valuesOf } from './customerValues'
import { useDone } from './done'
import { filled } from './filled'

/** Makes a customer, and leads to its page. */
export function NewCustomer({ anchor }: { anchor?: string }) {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('New customer')} anchor={anchor} leftSection={<IconPlus size={16} />} room="lg">
      {(close) => <NewCustomerForm close={close} />}
    </DialogButton>
  )
}

function NewCustomerForm({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const tell = useDone()
  const session = useSession()
  const [header] = useState(once)
  const [mode, setMode] = useState('postpaid')
  const made = useRef<string>(undefined)
  const form = useForm<CustomerValues>({ mode: 'uncontrolled', initialValues: valuesOf() })
  form.watch('mode', ({ value }) => setMode(value))
  const send = async (values: CustomerValues) => {
    const credit_limit = values.mode === 'postpaid' ? filled(values.credit_limit) : null
    const currency = filled(values.currency)?.toUpperCase() ?? null
    const body = { ...detailsOf(values), mode: values.mode, currency, credit_limit }
    const { data } = await fetchClient.POST('/api/v1/customers', { params: { header }, body })
    made.current = data?.id
  }
  const done = () => {
    close()
    tell(t('The customer is there. Now it needs a line.'))
    void navigate({ to: `/customers/${made.current}`, search: { tab: 'lines' } as never })
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Make the customer')}>
      <Input.Wrapper label={t('Pays')} labelElement="div">
        <SegmentedControl
          fullWidth
          aria-label={t('Pays')}
          data={[
            { value: 'postpaid', label: t('by invoice') },
            { value: 'prepaid', label: t('in advance') },
          ]}
          key={form.key('mode')}
          {...form.getInputProps('mode')}
        />
      </Input.Wrapper>
      <CustomerFields form={form} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          label={t('Currency')}
          placeholder={session.tenant.currency}
          maxLength={3}
          key={form.key('currency')}
          {...form.getInputProps('currency')}
        />
        {mode === 'postpaid' && (
          <TextInput
            label={t('Credit limit')}
            placeholder={t('none')}
            inputMode="decimal"
            key={form.key('credit_limit')}
            {...form.getInputProps('credit_limit')}
          />
        )}
      </SimpleGrid>
    </Form>
  )
}
