import { Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { $api } from '@/api/client'
import { useLive } from '@/api/live'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
import { useCallable } from '@/pages/portal/agents'
import { CallButton } from '@/pages/portal/call/CallButton'
import { PhoneDock } from '@/phone/PhoneDock'
import { useSession } from '@/session'
import { Failure } from '@/ui/states'
import { Prices, type PublicAgent } from './AgentPage'

/** The call button for who is signed in as a customer of the agent's tenant. */
export function CallAsCustomer({ agent }: { agent: PublicAgent }) {
  const { t } = useTranslation()
  const { customers } = useSession()
  const [customer] = customers
  const callable = useCallable(customer)
  useLive(useQueryClient(), true)
  const mine = callable.data?.find(({ id }) => id === agent.id)
  if (callable.error) return <Failure error={callable.error} again={() => callable.refetch()} />
  if (!customer || (callable.data && !mine))
    return (
      <>
        <Prices prices={agent.prices} />
        <Text size="sm">
          {t('You are signed in, but not as a customer of {{tenant}}.', { tenant: agent.tenant })}
        </Text>
      </>
    )
  if (!mine) return null
  return (
    <>
      <CallButton agent={mine} customer={customer} />
      <Funds customer={customer} />
      <PhoneDock />
    </>
  )
}

function Funds({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const path = { params: { path: { id: customer } } }
  const balance = $api.useQuery('get', '/api/v1/customers/{id}/balance', path).data
  if (!balance) return null
  return (
    <Text size="sm" c="dimmed" ta="center" className="figures">
      {t('Your balance: {{amount}}', { amount: amountText(balance.balance, balance.currency) })}
    </Text>
  )
}
