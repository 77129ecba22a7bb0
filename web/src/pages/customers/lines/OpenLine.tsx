import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { $api, fetchClient, once, type Schema } from '@/api/client'
import { dayStart } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { CustomerSelect } from '@/ui/CustomerSelect'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { useDone } from '../done'
import { useFittingPlans } from '../plans'

type Customer = Schema<'CustomerDocument'>

/** Opens a line: for this customer, or for one that is chosen. */
export function OpenLine({ customer, anchor }: { customer?: Customer; anchor?: string }) {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('Open a line')} anchor={anchor} leftSection={<IconPlus size={16} />}>
      {(close) => <OpenLineForm customer={customer} close={close} />}
    </DialogButton>
  )
}

function OpenLineForm({ customer: given, close }: { customer?: Customer; close: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const tell = useDone()
  const { time_zone } = useSession().tenant
  const [header] = useState(once)
  const [chosen, setChosen] = useState<string | null>(null)
  const opened = useRef<string>(undefined)
  const found = $api.useQuery(
    'get',
    '/api/v1/customers/{id}',
    { params: { path: { id: chosen ?? '' } } },
    { enabled: chosen !== null },
  )
  const customer = given ?? found.data
  const plans = useFittingPlans(customer)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { customer: given?.id ?? '', number: '####', plan: null as string | null, opened_at: '' },
    validate: {
      customer: (id) => (id ? undefined : t('Whose line?')),
      plan: (id) => (id ? undefined : t('Which plan?')),
    },
  })
  form.watch('customer', ({ value }) => {
    setChosen(value)
    form.setFieldValue('plan', null)
  })
  const send = async ({ opened_at, plan, ...values }: ReturnType<typeof form.getValues>) => {
    const { data } = await fetchClient.POST('/api/v1/lines', {
      params: { header },
      body: { ...values, plan: plan ?? '', opened_at: opened_at ? dayStart(opened_at, time_zone) : null },
    })
    opened.current = data?.id
  }
  const done = () => {
    close()
    tell(t('The line is open.'))
    void navigate({ to: `/lines/${opened.current}` })
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Open the line')}>
      {!given && (
        <CustomerSelect
          label={t('Customer')}
          required
          data-autofocus
          key={form.key('customer')}
          {...form.getInputProps('customer')}
        />
      )}
      <TextInput
        label={t('Number')}
        description={t('#### takes the lowest free extension.')}
        key={form.key('number')}
        {...form.getInputProps('number')}
      />
      <Select
        label={t('Plan')}
        required
        placeholder={customer ? undefined : t('The customer first')}
        disabled={!customer}
        data={plans.map(({ id, name }) => ({ value: id, label: name }))}
        key={form.key('plan')}
        {...form.getInputProps('plan')}
      />
      <TextInput
        type="date"
        label={t('Open since')}
        description={t('Empty: now. Earlier for calls that come late.')}
        key={form.key('opened_at')}
        {...form.getInputProps('opened_at')}
      />
    </Form>
  )
}
