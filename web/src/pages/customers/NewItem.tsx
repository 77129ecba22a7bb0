import { Select, SimpleGrid, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { fetchClient, once, type Schema } from '@/api/client'
import { dayOf, dayStart } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { useDone } from './done'

interface NewItemProps {
  customer: Schema<'CustomerDocument'>
  lines: Schema<'LineDocument'>[]
}

/** Makes an item: a set-up fee, a number's rental, a discount. */
export function NewItem(props: NewItemProps) {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('New item')} leftSection={<IconPlus size={16} />}>
      {(close) => <ItemForm {...props} close={close} />}
    </DialogButton>
  )
}

function ItemForm({ customer, lines, close }: NewItemProps & { close: () => void }) {
  const { t } = useTranslation()
  const tell = useDone()
  const { time_zone } = useSession().tenant
  const [header] = useState(once)
  const [today] = useState(() => dayOf(new Date(), time_zone))
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { kind: 'one_off', name: '', amount: '', line: '', from: today },
    validate: {
      name: (name) => (name.trim() ? undefined : t('What is it called?')),
      amount: (amount) => (amount.trim() ? undefined : t('How much?')),
    },
  })
  const send = ({ kind, name, amount, line, from }: ReturnType<typeof form.getValues>) =>
    fetchClient.POST('/api/v1/customers/{id}/items', {
      params: { path: { id: customer.id }, header },
      body: {
        kind,
        name,
        amount: amount.trim(),
        line: line || null,
        // What begins today begins now.
        from: from && from !== today ? dayStart(from, time_zone) : null,
      },
    })
  const done = () => {
    close()
    tell(t('The item is made.'))
  }
  const open = lines.filter(({ state }) => state !== 'closed')
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Make the item')}>
      <TextInput
        label={t('Name')}
        required
        description={t('What the invoice calls it')}
        data-autofocus
        key={form.key('name')}
        {...form.getInputProps('name')}
      />
      <SimpleGrid cols={2} spacing="sm">
        <Select
          label={t('Charged')}
          data={[
            { value: 'one_off', label: t('once') },
            { value: 'recurring', label: t('each period') },
          ]}
          allowDeselect={false}
          key={form.key('kind')}
          {...form.getInputProps('kind')}
        />
        <TextInput type="date" label={t('From')} key={form.key('from')} {...form.getInputProps('from')} />
      </SimpleGrid>
      <TextInput
        label={t('Net amount ({{currency}})', { currency: customer.currency })}
        required
        description={t('Below zero for a discount')}
        key={form.key('amount')}
        {...form.getInputProps('amount')}
      />
      <Select
        label={t('Line')}
        data={[
          { value: '', label: t('the customer as a whole') },
          ...open.map(({ id, number }) => ({ value: id, label: number })),
        ]}
        allowDeselect={false}
        key={form.key('line')}
        {...form.getInputProps('line')}
      />
    </Form>
  )
}
