import { IconPencil } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Schema } from '@/api/client'
import type { Style } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Row } from './Row'

interface ChangeRowProps {
  change: Schema<'ChangeDocument'>
  at: string
  /** Who did it. */
  actor: ReactNode
  style?: Style
}

/** A change of a customer's or a line's record, in a timeline. */
export function ChangeRow({ change, at, actor, style }: ChangeRowProps) {
  const { t } = useTranslation()
  const { action, before, after } = change
  const words: Record<string, string> = {
    'customer.create': t('Customer made'),
    'customer.update': t('Customer edited'),
    'customer.set_credit_limit': t('Credit limit set'),
    'customer.set_limits': t('Daily limit set'),
    'customer.block': t('Agent blocked'),
    'customer.unblock': t('Block of an agent taken away'),
    'line.open': t('Line opened'),
    'line.change_plan': t('Plan changed'),
    'line.suspend': t('Line suspended'),
    'line.lift_suspension': t('Reason of a suspension taken away'),
    'line.close': t('Line closed'),
    'line.block': t('Number blocked'),
    'line.unblock': t('Number no longer blocked'),
    'line.filter': t('Filters set'),
    'line.forward': t('Forwarding set'),
    'line.limit': t('Calls at once set'),
    'line.phone_secret': t('Secret of the phone made or taken away'),
    'line.phone_token': t('Phone registered in the app'),
    'line.phone_open': t('Phone opened for the demo'),
  }
  return (
    <Row icon={IconPencil} at={at} style={style} more={differences(before, after)}>
      {words[action] ?? action} · {actor}
    </Row>
  )
}

/** What differs between two states of a record: `phone: – → +1 416 555 0100`. */
function differences(before: unknown, after: unknown): string {
  if (!isRecord(before) || !isRecord(after)) return isPlain(after) ? `${text(before)} → ${text(after)}` : ''
  return Object.keys({ ...before, ...after })
    .filter((key) => key !== 'version' && text(before[key]) !== text(after[key]))
    .map((key) => `${key.replaceAll('_', ' ')}: ${text(before[key])} → ${text(after[key])}`)
    .join(' · ')
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const isPlain = (value: unknown) => typeof value === 'string' || typeof value === 'number'

function text(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  return isRecord(value) ? Object.values(value).filter(Boolean).join(', ') : String(value)
}
