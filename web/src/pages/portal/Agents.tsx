import { Card, Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
import { PresenceMark } from '@/ui/PresenceMark'
import { Empty, Failure } from '@/ui/states'
import { type CallableAgent, useCallable } from './agents'
import { CallButton } from './call/CallButton'
import { languagesText } from './languages'
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
      {agents.data?.map((agent) => <AgentCard key={agent.id} agent={agent} customer={customer} />) ??
        // biome-ignore lint/suspicious/noArrayIndexKey: cards of grey have no other key
        Array.from({ length: 3 }, (_, card) => <Skeleton key={card} height={210} />)}
    </SimpleGrid>
  )
}

function AgentCard({ agent, customer }: { agent: CallableAgent; customer: string }) {
  const { t } = useTranslation()
  const { name, about, languages, presence, price_per_message, currency } = agent
  return (
    <Card withBorder padding="md" component="article">
      <Stack gap="xs" h="100%">
        <Group justify="space-between" wrap="nowrap">
          <Title order={2} size="h4">
            {name}
          </Title>
          <PresenceMark presence={presence} />
        </Group>
        {about && <Text size="sm">{about}</Text>}
        <Text size="sm" c="dimmed">
          {[
            languagesText(languages),
            price_per_message &&
              t('{{amount}} a message', { amount: amountText(price_per_message, currency) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
        <div style={{ marginTop: 'auto' }}>
          <CallButton agent={agent} customer={customer} />
        </div>
      </Stack>
    </Card>
  )
}
