import { Alert, Anchor, Button, Stack, Text } from '@mantine/core'
import { IconPhone } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { amountText } from '@/format/money'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import type { Line } from '@/phone/exchange'
import { isBusy, phone, usePhone } from '@/phone/phone'
import { useOwnLines } from '@/phone/useOwnLines'
import { noticeText } from '@/phone/words'
import { useSession } from '@/session'
import type { CallableAgent } from '../agents'
import { Price } from '../Price'
import { CallMe } from './CallMe'
import classes from './call.module.css'
import { LiveCall } from './LiveCall'
import { PlacedCall, PlacedOver } from './PlacedCall'
import { usePlaced, useStatus } from './placed'
import { Summary } from './Summary'

interface CallButtonProps {
  agent: CallableAgent
  customer: string
}

/**
 * Calls an agent, from this page or on the customer's own phone: before it what it costs and how long it can last, then what it has cost
 * so far, and at the end its summary.
 */
export function CallButton({ agent, customer }: CallButtonProps) {
  const { t } = useTranslation()
  const now = usePhone()
  const { user } = useSession()
  useEffect(() => phone.belongTo(user.id), [user.id])
  const [placed] = usePlaced(customer)
  const own = placed?.agent === agent.id ? placed : undefined
  const { data: status, dataUpdatedAt } = useStatus(own?.id)
  const isMine = now.called?.agent === agent.id
  if (isMine && isBusy(now)) return <LiveCall now={now} name={agent.name} />
  if (own && status && status.state !== 'over')
    return <PlacedCall placed={own} status={status} toldAt={dataUpdatedAt} name={agent.name} />
  return (
    <Stack gap="xs">
      {status && <PlacedOver agent={agent} customer={customer} status={status} />}
      {!status && isMine && now.charged && (
        <Summary agent={agent} customer={customer} charged={now.charged} />
      )}
      {isMine && now.notice?.kind === 'not_possible' && (
        <Alert color="yellow" p="xs" role="alert">
          {noticeText(t, now.notice)}
        </Alert>
      )}
      <Offer agent={agent} />
      <Start agent={agent} customer={customer} />
    </Stack>
  )
}

/** What a call would cost, and how long it could last. */
function Offer({ agent }: { agent: CallableAgent }) {
  const { t } = useTranslation()
  const { rate, currency, free_seconds, talk_seconds, refusal } = agent
  if (!rate) return null
  const parts = [
    free_seconds > 0 && t('{{time}} are free', { time: durationText(free_seconds) }),
    !refusal &&
      typeof talk_seconds === 'number' &&
      t('you can talk for {{time}}', { time: durationText(talk_seconds) }),
  ]
  return (
    <div>
      <Price rate={rate} currency={currency} />
      <Text size="sm" c="dimmed" mih={20}>
        {parts.filter(Boolean).join(' · ')}
      </Text>
    </div>
  )
}

function Start({ agent, customer }: CallButtonProps) {
  const { t } = useTranslation()
  const now = usePhone()
  const { lines } = useOwnLines(customer)
  const line = now.line && lines?.some(({ id }) => id === now.line?.id) ? now.line : lines?.[0]
  const hindrance = useHindrance(agent, Boolean(lines && !line))
  const isElsewhere = now.place === 'elsewhere'
  const [, setPlaced] = usePlaced(customer)
  const call = () => {
    setPlaced(null)
    callFrom(line, agent)
  }
  return (
    <>
      <Button
        fullWidth
        className={classes.call}
        leftSection={<IconPhone size={18} />}
        disabled={Boolean(hindrance) || !line || isBusy(now) || isElsewhere}
        loading={now.place === 'registering' && now.called?.agent === agent.id}
        onClick={call}
      >
        {hindrance ?? t('Call {{name}}', { name: agent.name })}
      </Button>
      <CallMe agent={agent} customer={customer} isOff={Boolean(hindrance) || isBusy(now)} />
      {agent.needs && (
        <Text size="sm" ta="center">
          <Anchor component={Link} to="/portal">
            {t('Add funds')}
          </Anchor>
        </Text>
      )}
      {isElsewhere && <Text size="sm">{t('The phone is in another tab')}</Text>}
    </>
  )
}

/** Why the agent cannot be called now, in short: what the button says. */
function useHindrance(agent: CallableAgent, hasNoLine: boolean): string | undefined {
  const { t } = useTranslation()
  const { needs, currency, rate, refusal, presence } = agent
  if (!rate) return t('No price in your currency')
  if (hasNoLine) return t('You need a line to call')
  if (needs) return t('Need {{amount}} to call', { amount: amountText(needs, currency) })
  if (refusal) return refusal.reason === 'blocked' ? t('Calls are blocked') : t('Cannot be called now')
  if (presence === 'busy') return t('In a call just now')
  return presence === 'online' ? undefined : t('Not there just now')
}

/** Has the phone call, and switches it on before where it is off. */
function callFrom(line: Line | undefined, { id, name, number }: CallableAgent) {
  const { place, line: own } = phone.now()
  if (line && (place === 'off' || place === 'refused' || own?.id !== line.id)) phone.switchOn(line)
  phone.callBy({ agent: id, name, number })
}
