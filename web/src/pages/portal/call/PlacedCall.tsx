import { Alert, Text } from '@mantine/core'
import { amountText } from '@/format/money'
import { durationText } from '@/format/time'
import { type Translate, useTranslation } from '@/i18n'
import type { CallableAgent } from '../agents'
import { LiveCard, Todo } from './LiveCard'
import { type Placed, type Status, useTalked } from './placed'
import { Summary } from './Summary'
import { useHangUp } from './useHangUp'

interface PlacedCallProps {
  placed: Placed
  status: Status
  /** When that was told, by the clock of this page. */
  toldAt: number
  name: string
}

/** A call on the customer's own phone: which phone rings, and then time and cost as they go. */
export function PlacedCall({ placed, status, toldAt, name }: PlacedCallProps) {
  const { t } = useTranslation()
  const seconds = useTalked(status, toldAt)
  const hangUp = useHangUp(placed.id)
  const { state, cost, currency, remaining_seconds: left } = status
  const isUp = state === 'talking'
  const words = stageText(t, status, { name, phone: placed.phone })
  return (
    <LiveCard
      seconds={seconds}
      amount={isUp && cost && amountText(cost, currency)}
      words={isUp ? words : <Todo>{words}</Todo>}
      aside={isUp && typeof left === 'number' && t('{{time}} left', { time: durationText(left) })}
      hangUpLabel={t('Hang up the call to {{name}}', { name })}
      hangUp={hangUp}
    >
      {isUp && <Paid status={status} />}
    </LiveCard>
  )
}

/** What of the time is free, and what is paid for. */
function Paid({ status: { free_seconds, paid_minutes } }: { status: Status }) {
  const { t } = useTranslation()
  const parts = [
    free_seconds > 0 && t('{{time}} of it free', { time: durationText(free_seconds) }),
    paid_minutes > 0 &&
      t('{{count}} paid minutes', {
        count: paid_minutes,
        defaultValue_one: '{{count}} paid minute',
        defaultValue_other: '{{count}} paid minutes',
      }),
  ]
  return (
    <Text size="sm" className="figures">
      {parts.filter(Boolean).join(' · ')}
    </Text>
  )
}

function stageText(t: Translate, { state }: Status, values: { name: string; phone: string }): string {
  switch (state) {
    case 'asking_customer':
      return t('Press 1 on your phone to begin.')
    case 'ringing':
      return t('The phone of {{name}} rings.', values)
    case 'asking_agent':
      return t('{{name}} is asked to press 1.', values)
    case 'talking':
      return t('You are connected.')
    default:
      return t('Your phone {{phone}} rings: take the call.', values)
  }
}

interface PlacedOverProps {
  agent: CallableAgent
  customer: string
  status: Status
}

/** What came of a call on the customer's own phone. */
export function PlacedOver({ agent, customer, status }: PlacedOverProps) {
  const { t } = useTranslation()
  const { answered_at, cause, seconds, cost, currency } = status
  if (!answered_at)
    return (
      <Alert color="yellow" p="xs" role="alert">
        {notAnswered(t, cause)} {t('Nothing is charged.')}
      </Alert>
    )
  const charged = { reason: cause ?? '', seconds, cost: cost ?? '0', currency }
  return <Summary agent={agent} customer={customer} charged={charged} />
}

function notAnswered(t: Translate, cause: string | null | undefined): string {
  const words: Record<string, string> = {
    busy: t('A phone was busy, or the call was declined.'),
    no_answer: t('Nobody took the call, or pressed 1.'),
    hung_up: t('The call was hung up before it began.'),
    ended_by_staff: t('The exchange has ended the call.'),
  }
  return words[cause ?? ''] ?? t('A phone could not be reached.')
}
