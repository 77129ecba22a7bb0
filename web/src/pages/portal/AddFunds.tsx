import { Button, Checkbox, Group, Modal, Skeleton, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, fetchClient, once, type Schema } from '@/api/client'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import { Failure } from '@/ui/states'

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
        <Ways customer={customer} currency={currency} close={close} />
      </Modal>
    </>
  )
}

/** Pays at once where a provider takes it; asks for it else. */
function Ways(props: AddFundsProps & { close: () => void }) {
  const path = { id: props.customer }
  const ways = $api.useQuery('get', '/api/v1/customers/{id}/ways-to-pay', { params: { path } })
  if (ways.error) return <Failure error={ways.error} again={() => ways.refetch()} />
  if (!ways.data) return <Skeleton h={160} />
  return ways.data.checkout ? <Pay {...props} ways={ways.data} /> : <Request {...props} />
}

function Pay({
  customer,
  currency,
  ways: { amounts, automatic },
  close,
}: AddFundsProps & { ways: Schema<'WaysToPayDocument'>; close: () => void }) {
  const { t } = useTranslation()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { amount: amounts[0] ?? '', keep: false },
  })
  const pay = async ({ amount, keep }: typeof form.values) => {
    const { data } = await fetchClient.POST('/api/v1/customers/{id}/checkouts', {
      params: { path: { id: customer } },
      body: { amount: amount.trim().replace(',', '.'), keep_card: keep },
    })
    // What was entered is on its way: nobody is asked whether to leave.
    form.resetDirty()
    if (data?.url) window.location.assign(data.url)
  }
  return (
    <Form form={form} send={pay} done={() => {}} cancel={close} submit={t('Pay')}>
      <Text size="sm">
        {t('You pay on a page of our payment provider, and come back here. It is on your account at once.')}
      </Text>
      {amounts.length > 0 && (
        <Group gap="xs" role="group" aria-label={t('Amounts')}>
          {amounts.map((amount) => (
            <Button
              key={amount}
              variant="default"
              size="xs"
              onClick={() => form.setFieldValue('amount', amount)}
            >
              {currency ? amountText(amount, currency) : amount}
            </Button>
          ))}
        </Group>
      )}
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
      {automatic && (
        <Checkbox
          label={t('Keep the card for automatic top-ups')}
          description={t(
            'Our payment provider keeps it. You say afterwards when it is charged, and how much.',
          )}
          key={form.key('keep')}
          {...form.getInputProps('keep', { type: 'checkbox' })}
        />
      )}
    </Form>
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
