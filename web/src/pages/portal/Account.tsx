import { Alert, Card, Grid, Group, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { isNegative, isZero, Money } from '@/format/money'
import { Duration } from '@/format/time'
import { useTranslation } from '@/i18n'
import { AutomaticTopUp } from '@/ui/AutomaticTopUp'
import { DialogButton } from '@/ui/DialogButton'
import { RedeemVoucher } from '@/ui/RedeemVoucher'
import { Failure } from '@/ui/states'
import { AddFunds } from './AddFunds'
import { Checkout } from './Checkout'
import { FreeMinutes } from './FreeMinutes'
import { Line } from './Line'
import { OwnPage } from './OwnCustomer'
import { PaidIn } from './PaidIn'
import { TalksFor } from './TalksFor'
import { WhoIsThere } from './WhoIsThere'

const route = getRouteApi('/frame/portal')

/** What a customer has, how far it reaches, and what was paid. */
export function Account() {
  const { t } = useTranslation()
  const { checkout } = route.useSearch()
  return (
    <OwnPage title={t('My account')}>
      {(customer) => (
        <Stack gap="lg">
          {checkout && <Checkout id={checkout} />}
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Balance customer={customer} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 7 }}>
              <WhoIsThere customer={customer} />
            </Grid.Col>
          </Grid>
          <AutomaticTopUp customer={customer} mayChange />
          <FreeMinutes customer={customer} />
          <PaidIn customer={customer} />
        </Stack>
      )}
    </OwnPage>
  )
}

function Balance({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const path = { params: { path: { id: customer } } }
  const balance = $api.useQuery('get', '/api/v1/customers/{id}/balance', path)
  const record = $api.useQuery('get', '/api/v1/customers/{id}', path)
  const isPrepaid = record.data?.mode === 'prepaid'
  if (balance.error) return <Failure error={balance.error} again={() => balance.refetch()} />
  return (
    <Card withBorder padding="lg">
      <Stack gap="xs">
        <Title order={2} size="h5" c="dimmed" fw={500}>
          {t('Balance')}
        </Title>
        <Text fz={34} fw={650} lh={1.1} mih={38} className="figures">
          {balance.data && <Money amount={balance.data.balance} currency={balance.data.currency} />}
        </Text>
        {balance.data && <Details balance={balance.data} isPrepaid={isPrepaid} />}
        <TalksFor customer={customer} />
        <Group mt="xs">
          <AddFunds customer={customer} currency={balance.data?.currency} />
          <DialogButton label={t('Redeem a voucher')} variant="default">
            {(close) => <RedeemVoucher customer={customer} close={close} />}
          </DialogButton>
        </Group>
      </Stack>
    </Card>
  )
}

interface DetailsProps {
  balance: Schema<'BalanceDocument'>
  isPrepaid: boolean
}

function Details({ balance, isPrepaid }: DetailsProps) {
  const { t } = useTranslation()
  const { currency, held, live_calls, unpaid, promotional, free_seconds, available } = balance
  const isShort = isPrepaid && available && (isNegative(available) || isZero(available))
  return (
    <>
      {!isPrepaid && isNegative(balance.balance) && (
        <Text size="sm" c="dimmed">
          {t('What you have used so far: it is on your next invoice.')}
        </Text>
      )}
      {isShort && (
        <Alert color="yellow" p="xs" icon={<IconAlertTriangle />}>
          {t('Nothing is left for calls: add funds.')}
        </Alert>
      )}
      {!isZero(unpaid) && (
        <Line title={t('Open invoices')}>
          <Money amount={unpaid} currency={currency} />
        </Line>
      )}
      {!isZero(held) && (
        <Line
          title={t('Set aside for {{count}} calls', {
            count: live_calls,
            defaultValue_one: 'Set aside for {{count}} call',
            defaultValue_other: 'Set aside for {{count}} calls',
          })}
        >
          <Money amount={held} currency={currency} />
        </Line>
      )}
      {!isZero(promotional) && (
        <Line title={t('Promotional credit in it')}>
          <Money amount={promotional} currency={currency} />
        </Line>
      )}
      {free_seconds > 0 && (
        <Line title={t('Free minutes')}>
          <Duration seconds={free_seconds} />
        </Line>
      )}
    </>
  )
}
