import { Anchor, Text } from '@mantine/core'
import {
  IconListDetails,
  IconLock,
  IconLockOpen,
  IconMessage,
  IconPhonePlus,
  IconPhoneX,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Schema } from '@/api/client'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { useSuspensionWords } from '../suspensionWords'
import type { LineMoment } from './events'
import { Row } from './Row'

/** What happened to a line, in a timeline. */
export function LineRow({ moment, at, plan }: { moment: LineMoment; at: string; plan?: string }) {
  const { t } = useTranslation()
  const words = useSuspensionWords()
  const { line, number, what, reason, note } = moment
  const why = reason ? (words[reason]?.why ?? reason) : undefined
  const looks = {
    opened: { icon: IconPhonePlus, color: 'gate', said: t('opened'), more: plan },
    plan: {
      icon: IconListDetails,
      color: 'gate',
      said: t('has another plan: {{plan}}', { plan: plan ?? '' }),
      more: undefined,
    },
    suspended: {
      icon: IconLock,
      color: 'red',
      said: t('suspended'),
      more: [why, note].filter(Boolean).join(' · '),
    },
    lifted: { icon: IconLockOpen, color: 'green', said: t('no longer suspended for this reason'), more: why },
    closed: { icon: IconPhoneX, color: 'gray', said: t('closed'), more: undefined },
  }[what]
  return (
    <Row icon={looks.icon} color={looks.color} at={at} more={looks.more}>
      <Anchor component={Link} to={`/lines/${line}`}>
        {t('Line {{number}}', { number })}
      </Anchor>{' '}
      {looks.said}
    </Row>
  )
}

interface MessageRowProps {
  message: Schema<'MessageDocument'>
  at: string
  agent: string
}

/** A message, in a timeline. Its text is told only to whom may read it. */
export function MessageRow({ message, at, agent }: MessageRowProps) {
  const { t } = useTranslation()
  const { conversation, sender, text, price, currency } = message
  return (
    <Row
      icon={IconMessage}
      color="grape"
      at={at}
      amount={price ? <Money amount={price} currency={currency} /> : undefined}
      more={
        text && (
          <Text span inherit lineClamp={2}>
            {text}
          </Text>
        )
      }
    >
      <Anchor component={Link} to={`/conversations/${conversation}`}>
        {sender === 'agent'
          ? t('Message from {{name}}', { name: agent })
          : t('Message to {{name}}', { name: agent })}
      </Anchor>
    </Row>
  )
}
