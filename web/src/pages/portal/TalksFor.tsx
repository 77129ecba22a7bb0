import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { amountText } from '@/format/money'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { PresenceMark } from '@/ui/PresenceMark'
import { type CallableAgent, useCallable } from './agents'

const MOST = 4

/** How long the balance talks: to agents, and to whom was called last. */
export function TalksFor({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const agents = useCallable(customer)
  const lines = $api.useQuery('get', '/api/v1/customers/{id}/lines', { params: { path: { id: customer } } })
  const line = lines.data?.items.find(({ state }) => state !== 'closed')
  const priced = agents.data?.filter(({ rate }) => rate) ?? []
  if (lines.data && !line && priced.length === 0) return null
  return (
    <Card withBorder padding="lg" h="100%">
      <Stack gap="xs">
        <Title order={2} size="h5" c="dimmed" fw={500}>
          {t('It talks for')}
        </Title>
        {priced.slice(0, MOST).map((agent) => (
          <ToAgent key={agent.id} agent={agent} />
        ))}
        {priced.length > MOST && (
          <Anchor component={Link} to="/portal/agents" size="sm">
            {t('All agents')}
          </Anchor>
        )}
        {line && <ToLast line={line.id} />}
      </Stack>
    </Card>
  )
}

function ToAgent({ agent }: { agent: CallableAgent }) {
  const { t } = useTranslation()
  const { name, presence, talk_seconds, needs, currency } = agent
  return (
    <Group justify="space-between" gap="md">
      <Group gap="xs">
        <Anchor component={Link} to="/portal/agents">
          {name}
        </Anchor>
        <PresenceMark presence={presence} />
      </Group>
      <Text className="figures" fw={600}>
        {needs
          ? t('needs {{amount}}', { amount: amountText(needs, currency) })
          : typeof talk_seconds !== 'number'
            ? t('no limit')
            : durationText(talk_seconds)}
      </Text>
    </Group>
  )
}

/** To the number that the line called last. */
function ToLast({ line }: { line: string }) {
  const { t } = useTranslation()
  const last = $api.useQuery('get', '/api/v1/lines/{id}/calls', {
    params: { path: { id: line }, query: { disposition: 'answered', limit: 1 } },
  })
  const to = last.data?.items[0]?.to
  const talk = $api.useQuery(
    'get',
    '/api/v1/lines/{id}/talk-time',
    { params: { path: { id: line }, query: { to } } },
    { enabled: Boolean(to), retry: false },
  )
  if (!to || !talk.data) return null
  const { seconds, refusal } = talk.data
  return (
    <Group justify="space-between" gap="md">
      <Text className="figures">
        {to}{' '}
        <Text span size="sm" c="dimmed">
          {t('called last')}
        </Text>
      </Text>
      <Text className="figures" fw={600}>
        {refusal ? t('not at all') : typeof seconds === 'number' ? durationText(seconds) : t('no limit')}
      </Text>
    </Group>
  )
}
