import { Anchor, Group } from '@mantine/core'
import { IconPhoneIncoming, IconPhoneOutgoing } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Duration } from '@/format/time'
import { useTranslation } from '@/i18n'
import { StateBadge } from '@/ui/StateBadge'
import { CallCost } from './CallCost'
import { Row } from './Row'

interface CallRowProps {
  call: Schema<'CallDocument'>
  at: string
  /** Who was called, where it is a paid agent. */
  agent?: ReactNode
}

/** A call, in a timeline. */
export function CallRow({ call, at, agent }: CallRowProps) {
  const { t } = useTranslation()
  const { id, direction, from, to, disposition, duration_seconds, price, state } = call
  const isIn = direction === 'inbound'
  return (
    <Row
      icon={isIn ? IconPhoneIncoming : IconPhoneOutgoing}
      color={disposition === 'answered' ? 'gate' : 'gray'}
      at={at}
      amount={price ? <Money amount={price.total} currency={price.currency} /> : null}
      more={
        <Group gap="xs">
          {duration_seconds && <Duration seconds={Math.ceil(Number(duration_seconds))} />}
          <span>{isIn ? t('to {{number}}', { number: to }) : t('from {{number}}', { number: from })}</span>
          <CallCost price={price} />
        </Group>
      }
    >
      <Group gap="xs">
        <Anchor component={Link} to={`/calls/${id}`}>
          {isIn ? t('Call from {{number}}', { number: from }) : t('Call to {{number}}', { number: to })}
        </Anchor>
        {agent}
        {disposition !== 'answered' && <StateBadge state={disposition ?? state} />}
        {state === 'unrated' && disposition === 'answered' && <StateBadge state={state} />}
      </Group>
    </Row>
  )
}
