import { Alert, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, ifVersion, type Schema } from '@/api/client'
import { amountText } from '@/format/money'
import { type Translate, useTranslation } from '@/i18n'
import { ConfirmButton } from './ConfirmButton'
import { DialogButton } from './DialogButton'
import { Form } from './Form'
import { Failure } from './states'

type TopUp = Schema<'AutomaticTopUpDocument'>

interface AutomaticTopUpProps {
  customer: string
  mayChange: boolean
}

/** When a customer's card is charged, and how much; nothing, where it is not offered and nothing is kept. */
export function AutomaticTopUp({ customer, mayChange }: AutomaticTopUpProps) {
  const { t } = useTranslation()
  const params = { path: { id: customer } }
  const ways = $api.useQuery('get', '/api/v1/customers/{id}/ways-to-pay', { params })
  const topUp = $api.useQuery('get', '/api/v1/customers/{id}/automatic-top-up', { params })
  if (topUp.error) return <Failure error={topUp.error} again={() => void topUp.refetch()} />
  if (!ways.data || !topUp.data) return null
  const isOffered = ways.data.automatic
  const { state, has_card, failure } = topUp.data
  if (!isOffered && !has_card && state === 'off') return null
  return (
    <Card withBorder padding="md" maw={560} component="section" aria-label={t('Automatic top-up')}>
      <Stack gap="xs">
        <Title order={2} size="h5">
          {t('Automatic top-up')}
        </Title>
        {state === 'failed' && (
          <Alert color="yellow" p="xs">
            {t('The card could not be charged, and nothing more is charged:')} {failure}
          </Alert>
        )}
        <Text size="sm">{standing(topUp.data, t)}</Text>
        {mayChange && <Actions topUp={topUp.data} isOffered={isOffered} />}
      </Stack>
    </Card>
  )
}

function standing({ state, has_card, below, amount, currency }: TopUp, t: Translate): string {
  if (state === 'on' && below && amount) {
    return t('When the balance falls below {{below}}, {{amount}} is charged to the card.', {
      below: amountText(below, currency),
      amount: amountText(amount, currency),
    })
  }
  return has_card
    ? t('It is off. A card is kept with the payment provider.')
    : t('No card is kept. Add funds by card once, and let it be kept.')
}

function Actions({ topUp, isOffered }: { topUp: TopUp; isOffered: boolean }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const params = { path: { id: topUp.customer } }
  const turnOff = async () => {
    await fetchClient.DELETE('/api/v1/customers/{id}/automatic-top-up', { params })
    await changed('automatic-top-up')
  }
  const forget = async () => {
    await fetchClient.DELETE('/api/v1/customers/{id}/saved-card', { params })
    await changed('automatic-top-up')
  }
  const isOn = topUp.state === 'on'
  return (
    <Group gap="xs">
      {isOffered && topUp.has_card && (
        <DialogButton
          label={isOn ? t('Change') : t('Turn on')}
          title={t('Automatic top-up')}
          variant="default"
          size="xs"
        >
          {(close) => <TopUpForm topUp={topUp} close={close} />}
        </DialogButton>
      )}
      {topUp.state !== 'off' && (
        <ConfirmButton
          label={t('Turn off')}
          warning={t('Nothing more is charged by itself. The card is still kept.')}
          run={turnOff}
          size="xs"
        />
      )}
      {topUp.has_card && (
        <ConfirmButton
          label={t('Forget the card')}
          warning={t(
            'Nothing more is charged by itself. To turn it on again, pay by card once and let it be kept.',
          )}
          run={forget}
          size="xs"
        />
      )}
    </Group>
  )
}

function TopUpForm({ topUp, close }: { topUp: TopUp; close: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(topUp.version)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { below: topUp.below ?? '', amount: topUp.amount ?? '' },
  })
  const decimal = (text: string) => text.trim().replace(',', '.')
  const send = ({ below, amount }: typeof form.values, version?: number) =>
    fetchClient.PUT('/api/v1/customers/{id}/automatic-top-up', {
      params: { path: { id: topUp.customer }, header: ifVersion(version ?? read) },
      body: { below: decimal(below), amount: decimal(amount) },
    })
  const leave = () => {
    close()
    void changed('automatic-top-up')
  }
  const money = {
    rightSection: topUp.currency,
    rightSectionWidth: 56,
    inputMode: 'decimal',
    required: true,
  } as const
  return (
    <Form form={form} send={send} done={leave} reload={leave} cancel={close} submit={t('Turn on')}>
      <TextInput
        label={t('When the balance falls below')}
        description={t('What calls in progress set aside does not count.')}
        data-autofocus
        {...money}
        key={form.key('below')}
        {...form.getInputProps('below')}
      />
      <TextInput
        label={t('Charge to the card')}
        {...money}
        key={form.key('amount')}
        {...form.getInputProps('amount')}
      />
    </Form>
  )
}
