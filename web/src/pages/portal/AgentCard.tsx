import { Card, Group, Stack, Text, Title } from '@mantine/core'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
import { languagesText } from '@/pages/agents/languages'
import { PresenceMark } from '@/ui/PresenceMark'
import type { CallableAgent } from './agents'
import { CallButton } from './call/CallButton'

interface AgentCardProps {
  agent: CallableAgent
  customer: string
  /** Which heading its name is. */
  order: 2 | 3
}

/** An agent, with what a call would cost and the button that makes it. */
export function AgentCard({ agent, customer, order }: AgentCardProps) {
  const { t } = useTranslation()
  const { name, about, languages, presence, price_per_message, currency } = agent
  return (
    <Card withBorder padding="md" component="article">
      <Stack gap="xs" h="100%">
        <Group justify="space-between" wrap="nowrap">
          <Title order={order} size="h4">
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
