import { Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconBan } from '@tabler/icons-react'
import { $api, fetchClient, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { CustomerSelect } from '@/ui/CustomerSelect'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { type Column, List } from '@/ui/List'
import { CustomerName } from '@/ui/names'
import { listed, PAGES } from '@/ui/pages'
import { useAgentsChanged } from './changed'

/** The customers from whom an agent does not want to hear. */
export function Blocks({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const { is } = useSession()
  const changed = useAgentsChanged()
  // Whoever blocks somebody has to find the customer first.
  const mayBlock = is('owner', 'admin')
  const mayLift = is('owner', 'admin', 'coordinator')
  const seesCustomers = is('owner', 'admin', 'clerk', 'auditor')
  const blocks = $api.useInfiniteQuery(
    'get',
    '/api/v1/agents/{id}/blocks',
    { params: { path: { id: agent }, query: { limit: 50 } } },
    PAGES,
  )
  const lift = async (customer: string) => {
    const path = { id: agent, customer }
    await fetchClient.DELETE('/api/v1/agents/{id}/blocks/{customer}', { params: { path } })
    changed()
  }
  const columns: Column<Schema<'BlockDocument'>>[] = [
    {
      key: 'customer',
      title: t('Customer'),
      cell: ({ customer }) => (seesCustomers ? <CustomerName id={customer} /> : customer),
    },
    { key: 'reason', title: t('Reason'), cell: ({ reason }) => reason ?? '–' },
    { key: 'since', title: t('Since'), cell: ({ created_at }) => <Time at={created_at} style="date" /> },
  ]
  if (mayLift) {
    columns.push({
      key: 'lift',
      title: t('Lift'),
      cell: ({ customer }) => (
        <ConfirmButton
          label={t('Lift the block')}
          warning={t('The customer can call this agent and write to it again.')}
          run={() => lift(customer)}
        />
      ),
      isFigure: true,
    })
  }
  const add = mayBlock && (
    <DialogButton label={t('Block a customer')} variant="default" leftSection={<IconBan size={16} />}>
      {(close) => <BlockForm agent={agent} close={close} />}
    </DialogButton>
  )
  const { rows, ...list } = listed(blocks)
  return (
    <Stack gap="sm" align="stretch">
      {Boolean(rows?.length) && <div>{add}</div>}
      <List
        label={t('Blocked customers')}
        columns={columns}
        rows={rows}
        rowKey={({ customer }) => customer}
        empty={{ title: t('This agent has blocked nobody.'), action: add }}
        expected={2}
        {...list}
      />
    </Stack>
  )
}

function BlockForm({ agent, close }: { agent: string; close: () => void }) {
  const { t } = useTranslation()
  const changed = useAgentsChanged()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { customer: '', reason: '' },
    validate: { customer: (id) => (id ? undefined : t('Whom?')) },
  })
  const send = ({ customer, reason }: typeof form.values) =>
    fetchClient.PUT('/api/v1/agents/{id}/blocks/{customer}', {
      params: { path: { id: agent, customer } },
      body: { reason: reason.trim() || null },
    })
  const done = () => {
    close()
    changed()
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Block')}>
      <CustomerSelect
        label={t('Customer')}
        description={t('Its calls and messages are refused from now on. It is not told why.')}
        required
        data-autofocus
        key={form.key('customer')}
        {...form.getInputProps('customer')}
      />
      <TextInput
        label={t('Reason')}
        description={t('for the agent and the staff')}
        maxLength={500}
        key={form.key('reason')}
        {...form.getInputProps('reason')}
      />
    </Form>
  )
}
