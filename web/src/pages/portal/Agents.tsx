import { SimpleGrid, Skeleton } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { Empty, Failure } from '@/ui/states'
import { AgentCard } from './AgentCard'
import { useCallable } from './agents'
import { OwnPage } from './OwnCustomer'

/** The agents, those who are online first, each with what a call would cost and the button that makes it. */
export function Agents() {
  const { t } = useTranslation()
  return <OwnPage title={t('Who is there')}>{(customer) => <All customer={customer} />}</OwnPage>
}

function All({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const agents = useCallable(customer)
  if (agents.error) return <Failure error={agents.error} again={() => agents.refetch()} />
  if (agents.data?.length === 0) return <Empty title={t('There are no agents who can be called.')} />
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }}>
      {agents.data?.map((agent) => (
        <AgentCard key={agent.id} agent={agent} customer={customer} order={2} />
      )) ??
        // biome-ignore lint/suspicious/noArrayIndexKey: cards of grey have no other key
        Array.from({ length: 3 }, (_, card) => <Skeleton key={card} height={210} />)}
    </SimpleGrid>
  )
}
