import { Anchor, Group, SimpleGrid, Stack, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'
import { AgentCard } from './AgentCard'
import { useCallable } from './agents'

const MOST = 4

/** The agents whom the customer can call first, each with its button. Where there are none, nothing. */
export function WhoIsThere({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const agents = useCallable(customer).data ?? []
  if (agents.length === 0) return null
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Title order={2} size="h4">
          {t('Who is there')}
        </Title>
        {agents.length > MOST && (
          <Anchor component={Link} to="/portal/agents" size="sm">
            {t('All agents')}
          </Anchor>
        )}
      </Group>
      <SimpleGrid cols={{ base: 1, sm: Math.min(agents.length, 2) }}>
        {agents.slice(0, MOST).map((agent) => (
          <AgentCard key={agent.id} agent={agent} customer={customer} order={3} />
        ))}
      </SimpleGrid>
    </Stack>
  )
}
