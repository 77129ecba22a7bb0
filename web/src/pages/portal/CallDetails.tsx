import { Stack, Text, Title } from '@mantine/core'
import { $api } from '@/api/client'
import { isZero, Money } from '@/format/money'
import { Duration, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Charge, Explanation } from '@/ui/Explanation'
import { Facts } from '@/ui/Facts'
import { StateBadge } from '@/ui/StateBadge'
import { Failure, Waiting } from '@/ui/states'
import { useCallable } from './agents'
import { Rating } from './Rating'

/** A call, and how its price came about. */
export function CallDetails({ id, customer }: { id: string; customer: string }) {
  const { t } = useTranslation()
  const query = $api.useQuery('get', '/api/v1/calls/{id}', { params: { path: { id } } })
  const agents = useCallable(customer)
  if (query.error) return <Failure error={query.error} again={() => query.refetch()} />
  if (!query.data) return <Waiting />
  const { call, charge, refunded } = query.data
  const agent = agents.data?.find((one) => one.id === call.agent)
  const currency = call.price?.currency
  const isRefunded = refunded && currency && !isZero(refunded)
  return (
    <Stack gap="md">
      <Facts
        facts={[
          { title: t('Time'), value: <Time at={call.started_at ?? call.ended_at} style="exact" /> },
          { title: t('From'), value: call.from },
          { title: t('To'), value: agent ? `${agent.name} (${call.to})` : call.to },
          { title: t('How it went'), value: <StateBadge state={call.disposition ?? 'open'} /> },
          {
            title: t('Duration'),
            value: <Duration seconds={Math.ceil(Number(call.duration_seconds ?? 0))} />,
          },
          ...(isRefunded
            ? [{ title: t('Given back'), value: <Money amount={refunded} currency={currency} /> }]
            : []),
        ]}
      />
      {call.agent && call.disposition === 'answered' && <Rating call={id} given={call.rating} />}
      <Title order={2} size="h5">
        {t('How the price came about')}
      </Title>
      {charge && currency ? (
        <Explanation charge={charge as unknown as Charge} currency={currency} />
      ) : (
        <Text size="sm">{t('This call has no price yet.')}</Text>
      )}
    </Stack>
  )
}
