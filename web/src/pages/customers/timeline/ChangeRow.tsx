import { IconPencil } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Schema } from '@/api/client'
import type { Style } from '@/format/time'
import { useTranslation } from '@/i18n'
import { usePlanNames } from '../plans'
import { useSuspensionWords } from '../suspensionWords'
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
  const reasons = useSuspensionWords()
  const names = new Map([...usePlanNames(), ['true', t('yes')], ['false', t('no')]])
  const words: Record<string, string> = {
    'customer.create': t('Customer made'),
    'customer.update': t('Customer edited'),
    'customer.set_credit_limit': t('Credit limit set'),
    'customer.set_limits': t('Daily limit set'),
    'customer.verified_phone': t('Verified phone set'),
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
  // What was made is told by its own page.
  const isMade = before === null && typeof after === 'object' && after !== null && 'id' in after
  const said = isMade ? reasonOf(after, reasons) : differences(before, after, names)
  return (
    <Row icon={IconPencil} at={at} style={style} more={said}>
      {words[action] ?? action} · {actor}
    </Row>
  )
}

/** What differs between two states of a record: `phone: – → +1 416 555 0100`. */
function differences(before: unknown, after: unknown, names: Map<string, string>): string {
  const [old, now] = [leaves(before), leaves(after)]
  const word = (value: string | undefined) => (value ? (names.get(value) ?? value) : '–')
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => key !== 'version' && old.get(key) !== now.get(key))
    .map((key) => `${key}${key && ': '}${word(old.get(key))} → ${word(now.get(key))}`)
    .join(' · ')
}

/** The plain values of a record by their places in it: `address city`. */
function leaves(value: unknown, place = ''): Map<string, string> {
  if (value === null || value === undefined || value === '') return new Map()
  if (typeof value !== 'object') return new Map([[place, String(value)]])
  const inside = Object.entries(value).flatMap(([key, part]) => [
    ...leaves(part, `${place} ${key.replaceAll('_', ' ')}`.trim()),
  ])
  return new Map(inside)
}

/** Why something was made, where it says so. */
function reasonOf(made: object, words: ReturnType<typeof useSuspensionWords>): string {
  const { reason, note } = made as { reason?: string; note?: string | null }
  return [words[reason ?? '']?.why ?? reason, note].filter(Boolean).join(' · ')
}
