import { Stack } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { amountText } from '@/format/money'
import { type Translate, useTranslation } from '@/i18n'
import { LiveCard, Todo } from '@/pages/portal/call/LiveCard'
import { type Status, useStatus, useTalked } from '@/pages/portal/call/placed'
import { useHangUp } from '@/pages/portal/call/useHangUp'

/** How often the calls are asked for, in milliseconds, where no hint tells of one. */
const AGAIN = 5000

/** The calls that the agent has just now, on whichever phone. */
export function LiveCalls({ agent }: { agent: string }) {
  const calls = $api.useQuery(
    'get',
    '/api/v1/charging/sessions',
    { params: { query: { agent, limit: 10 } } },
    { refetchInterval: AGAIN },
  )
  if (!calls.data?.items.length) return null
  return (
    <Stack maw={480}>
      {calls.data.items.map((call) => (
        <LiveCall key={call.id} call={call} />
      ))}
    </Stack>
  )
}

function LiveCall({ call }: { call: Schema<'SessionDocument'> }) {
  const { data, dataUpdatedAt } = useStatus(call.id)
  if (!data || data.state === 'over') return null
  return <Known from={call.from} status={data} toldAt={dataUpdatedAt} />
}

/** A call: how far it is, and then time and earnings as they go. */
function Known({ from, status, toldAt }: { from: string; status: Status; toldAt: number }) {
  const { t } = useTranslation()
  const seconds = useTalked(status, toldAt)
  const hangUp = useHangUp(status.id)
  const { state, earned, currency } = status
  const isUp = state === 'talking'
  return (
    <LiveCard
      seconds={seconds}
      amount={isUp && earned && t('{{amount}} earned', { amount: amountText(earned, currency) })}
      words={isUp ? t('You are connected.') : <Todo>{stageText(t, state)}</Todo>}
      aside={t('Call from {{from}}', { from })}
      hangUpLabel={t('Hang up the call from {{from}}', { from })}
      hangUp={hangUp}
    />
  )
}

function stageText(t: Translate, state: string): string {
  switch (state) {
    case 'ringing':
      return t('Your phone rings: take the call.')
    case 'asking_agent':
      return t('Press 1 on your phone to take the call.')
    default:
      return t('A customer is about to be put through to you.')
  }
}
