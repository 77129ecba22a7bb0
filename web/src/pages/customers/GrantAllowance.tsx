import { NumberInput, Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { fetchClient, once } from '@/api/client'
import { dayStart } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { useAgents } from '@/ui/names'
import { useDone } from './done'

/** Grants free minutes. */
export function GrantAllowance({ customer }: { customer: string }) {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('Grant free minutes')} leftSection={<IconPlus size={16} />}>
      {(close) => <GrantForm customer={customer} close={close} />}
    </DialogButton>
  )
}

function GrantForm({ customer, close }: { customer: string; close: () => void }) {
  const { t } = useTranslation()
  const tell = useDone()
  const { time_zone } = useSession().tenant
  const agents = useAgents().data ?? []
  const [header] = useState(once)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { seconds: '' as string | number, agent: '', expires_at: '', reason: '' },
    validate: {
      seconds: (minutes) => (Number(minutes) > 0 ? undefined : t('How much?')),
      reason: (reason) => (reason.trim() ? undefined : t('Why?')),
    },
  })
  const send = ({ seconds, agent, expires_at, reason }: ReturnType<typeof form.getValues>) =>
    fetchClient.POST('/api/v1/allowances', {
      params: { header },
      body: {
        customer,
        // Minutes are entered.
        seconds: Number(seconds) * 60,
        agent: agent || null,
        expires_at: expires_at ? dayStart(expires_at, time_zone) : null,
        reason,
      },
    })
  const done = () => {
    close()
    tell(t('The free minutes are granted.'))
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Grant them')}>
      <NumberInput
        label={t('Minutes')}
        required
        min={1}
        allowDecimal={false}
        data-autofocus
        key={form.key('seconds')}
        {...form.getInputProps('seconds')}
      />
      <Select
        label={t('For calls to')}
        data={[
          { value: '', label: t('any agent') },
          ...agents.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        allowDeselect={false}
        searchable
        key={form.key('agent')}
        {...form.getInputProps('agent')}
      />
      <TextInput
        type="date"
        label={t('Expire at the start of')}
        description={t('Empty: never')}
        key={form.key('expires_at')}
        {...form.getInputProps('expires_at')}
      />
      <TextInput label={t('Reason')} required key={form.key('reason')} {...form.getInputProps('reason')} />
    </Form>
  )
}
