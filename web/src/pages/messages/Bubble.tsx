import { Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconChecks, IconEye } from '@tabler/icons-react'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import classes from './messages.module.css'
import type { Message, Onlooker } from './sides'

interface BubbleProps {
  message: Message
  me: Onlooker
}

/** A message: one's own to the right; to the staff, the agent's. */
export function Bubble({ message, me }: BubbleProps) {
  const { t } = useTranslation()
  const isRight = message.sender === (me === 'staff' ? 'agent' : me)
  return (
    <li className={classes.bubble} data-side={isRight ? 'right' : 'left'}>
      {message.text ? (
        <Text className={classes.text}>{message.text}</Text>
      ) : (
        <Text fs="italic" c="dimmed">
          {t('Not shown to you')}
        </Text>
      )}
      <Group gap={10} justify={isRight ? 'flex-end' : 'flex-start'}>
        {me === 'staff' && (
          <Text size="xs" c="dimmed">
            {message.sender === 'agent' ? t('Agent') : t('Customer')}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          <Time at={message.created_at} style="clock" />
        </Text>
        {message.channel === 'sms' && (
          <Text size="xs" c="dimmed">
            SMS
          </Text>
        )}
        <Worth message={message} me={me} />
        {(isRight || me === 'staff' || message.state === 'refused') && <State state={message.state} />}
      </Group>
    </li>
  )
}

/** What a message of a customer cost it, or brought the agent. */
function Worth({ message, me }: BubbleProps) {
  const { t } = useTranslation()
  if (message.sender === 'agent' || message.state === 'refused') return null
  const { price, agent_part, currency } = message
  const amount = me === 'agent' ? agent_part : price
  if (!amount) return null
  return (
    <Text size="xs" c="dimmed" title={me === 'agent' ? t('What you earn') : t('What it cost')}>
      {me === 'agent' && '+'}
      <Money amount={amount} currency={currency} />
    </Text>
  )
}

/** How far a message has come, by a mark and a word. */
function State({ state }: { state: string }) {
  const { t } = useTranslation()
  const ways: Record<string, { word: string; Icon: typeof IconCheck }> = {
    stored: { word: t('sent'), Icon: IconCheck },
    delivered: { word: t('delivered'), Icon: IconChecks },
    read: { word: t('read'), Icon: IconEye },
    refused: { word: t('not paid, so not delivered'), Icon: IconAlertTriangle },
  }
  const way = ways[state]
  if (!way) return null
  return (
    <Group gap={3} c="dimmed" wrap="nowrap">
      <way.Icon size={14} aria-hidden />
      <Text size="xs">{way.word}</Text>
    </Group>
  )
}
