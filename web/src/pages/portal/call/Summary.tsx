import { Card, Group, Stack, Text } from '@mantine/core'
import { $api } from '@/api/client'
import { Money } from '@/format/money'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import type { Charged } from '@/phone/protocol'
import type { CallableAgent } from '../agents'
import { Rating } from '../Rating'

interface SummaryProps {
  agent: CallableAgent
  customer: string
  charged: Charged
}

/** What the call that is just over took and cost, and how it was. */
export function Summary({ agent, customer, charged }: SummaryProps) {
  const { t } = useTranslation()
  const query = { params: { path: { id: customer }, query: { disposition: 'answered', limit: 5 } } }
  const calls = $api.useQuery('get', '/api/v1/customers/{id}/calls', query, { staleTime: 0 })
  // What was fetched before may lack this call.
  const call = calls.isFetchedAfterMount ? calls.data?.items.find((one) => one.agent === agent.id) : undefined
  const free = call?.price?.allowance_seconds ?? 0
  return (
    <Stack gap="xs" role="status">
      <Card withBorder padding="sm">
        <Group justify="space-between" align="baseline">
          <Text fw={600}>{t('The call is over')}</Text>
          <Money amount={charged.cost} currency={charged.currency} fw={650} fz="lg" />
        </Group>
        <Text size="sm" c="dimmed" className="figures">
          {durationText(charged.seconds)}
          {free > 0 && ` · ${t('{{time}} of it free', { time: durationText(free) })}`}
          {charged.reason === 'cut_off' && ` · ${t('the balance is used up')}`}
        </Text>
      </Card>
      {call && <Rating key={call.id} call={call.id} given={call.rating} />}
    </Stack>
  )
}
