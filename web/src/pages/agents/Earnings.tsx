import { Card, Group, Stack, Table, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { $api, fetchClient, type once, type Schema } from '@/api/client'
import { Day, dayText } from '@/format/day'
import { amountText, isZero, Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { Empty, Failure, Waiting } from '@/ui/states'
import { useAgentsChanged } from './changed'
import { PayoutList } from './PayoutList'

type Standing = Schema<'StandingDocument'>

/** What an agent has earned and not been paid, and what it was paid. */
export function Earnings({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const earnings = $api.useQuery('get', '/api/v1/agents/{id}/earnings', { params: { path: { id: agent } } })
  if (earnings.error) return <Failure error={earnings.error} again={() => void earnings.refetch()} />
  if (!earnings.data) return <Waiting />
  const { accounts, next_payout_on } = earnings.data
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t('The next payouts are made by themselves on {{day}}.', { day: dayText(next_payout_on) })}
      </Text>
      {accounts.length === 0 && <Empty title={t('Nothing has been earned yet.')} />}
      {accounts.map((standing) => (
        <Account key={standing.currency} agent={agent} standing={standing} />
      ))}
      <Title order={2} size="h5">
        {t('Payouts')}
      </Title>
      <PayoutList agent={agent} />
    </Stack>
  )
}

/** How its account in one currency stands. */
function Account({ agent, standing }: { agent: string; standing: Standing }) {
  const { t } = useTranslation()
  const mayPay = useSession().is('owner', 'admin', 'clerk')
  const { currency, balance, payable, minimum, on_hold, disputed } = standing
  return (
    <Card withBorder padding="md" component="section" aria-label={currency}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={0}>
          <Text size="sm" c="dimmed">
            {t('Can be paid out now')}
          </Text>
          <Money amount={payable} currency={currency} fz={22} fw={650} />
          <Text size="sm" c="dimmed">
            {t('of {{balance}} that it has', { balance: amountText(balance, currency) })}
            {!isZero(minimum) && ` · ${t('from {{minimum}}', { minimum: amountText(minimum, currency) })}`}
          </Text>
        </Stack>
        {mayPay && !isZero(payable) && <PayOut agent={agent} standing={standing} />}
      </Group>
      {!isZero(disputed) && (
        <Text size="sm" mt="sm">
          {t('{{amount}} is on hold: customers dispute what they paid for it.', {
            amount: amountText(disputed, currency),
          })}
        </Text>
      )}
      {on_hold.length > 0 && (
        <Table mt="sm" aria-label={t('On hold')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('On hold until')}</Table.Th>
              <Table.Th ta="right">{t('Amount')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {on_hold.map((held) => (
              <Table.Tr key={held.payable_on}>
                <Table.Td>
                  <Day on={held.payable_on} />
                </Table.Td>
                <Table.Td ta="right">
                  <Money amount={held.amount} currency={currency} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  )
}

function PayOut({ agent, standing }: { agent: string; standing: Standing }) {
  const { t } = useTranslation()
  const changed = useAgentsChanged()
  const { currency, payable } = standing
  const amount = amountText(payable, currency)
  const pay = async (header: ReturnType<typeof once>) => {
    await fetchClient.POST('/api/v1/agents/{id}/payouts', {
      params: { path: { id: agent }, header },
      body: { currency },
    })
    changed()
    notifications.show({ color: 'green', message: t('{{amount}} paid out.', { amount }) })
  }
  return (
    <ConfirmButton
      variant="filled"
      label={t('Pay out {{amount}}', { amount })}
      warning={t(
        'The payout is recorded, and its statement goes to the agent. The money itself is sent by your bank.',
      )}
      run={pay}
    />
  )
}
