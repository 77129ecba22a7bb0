import { Card, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { $api, type Schema } from '@/api/client'
import { Day } from '@/format/day'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { agentOf, percentText } from '@/pages/agents/agent'
import { Failure } from '@/ui/states'

/** What an agent has earned and not been paid, and when it is. */
export function Earned({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const earnings = $api.useQuery('get', '/api/v1/agents/{id}/earnings', { params: { path: { id: agent } } })
  const record = $api.useQuery('get', '/api/v1/agents/{id}', { params: { path: { id: agent } } })
  if (earnings.error) return <Failure error={earnings.error} again={() => earnings.refetch()} />
  const { accounts, next_payout_on } = earnings.data ?? {}
  if (!accounts?.length) return null
  return (
    <Card withBorder padding="md">
      <Stack gap="sm">
        {accounts.map((account) => (
          <Account key={account.currency} account={account} />
        ))}
        <Text size="sm" c="dimmed">
          {t('Next payout')}: <Day on={next_payout_on} />
          {record.data &&
            ` · ${t('You get {{share}} of what is paid without tax.', { share: percentText(agentOf(record.data).share) })}`}
        </Text>
      </Stack>
    </Card>
  )
}

function Account({ account }: { account: Schema<'StandingDocument'> }) {
  const { t } = useTranslation()
  const { currency, balance, payable, on_hold } = account
  const [first] = on_hold
  return (
    <Group gap="var(--mantine-spacing-sm) var(--mantine-spacing-xl)">
      <Fact title={t('Not paid out yet')}>
        <Money amount={balance} currency={currency} />
      </Fact>
      <Fact title={t('Ready for the next payout')}>
        <Money amount={payable} currency={currency} />
      </Fact>
      {first && (
        <Fact title={t('Next to become ready')}>
          <Money amount={first.amount} currency={currency} />{' '}
          <Text span size="sm" c="dimmed" fw={400}>
            <Day on={first.payable_on} />
          </Text>
        </Fact>
      )}
    </Group>
  )
}

function Fact({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text fw={600} className="figures">
        {children}
      </Text>
    </div>
  )
}
