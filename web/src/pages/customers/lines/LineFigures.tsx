import { Anchor, SimpleGrid } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { isZero, Money } from '@/format/money'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Figure } from '../Figure'
import { TalkTime } from '../TalkTime'
import { planNow } from './planNow'

interface FiguresProps {
  line: Schema<'LineDocument'>
  customer: Schema<'CustomerDocument'>
}

/** What a line costs, whether it is paid, and what it was used for. */
export function LineFigures({ line, customer }: FiguresProps) {
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Plan line={line} currency={customer.currency} />
      <Paid customer={customer} />
      <ThisMonth line={line.id} />
      {line.state !== 'closed' && <TalkTime line={line} />}
    </SimpleGrid>
  )
}

function Plan({ line, currency }: { line: Schema<'LineDocument'>; currency: string }) {
  const { t } = useTranslation()
  const id = planNow(line) ?? ''
  const plan = $api.useQuery('get', '/api/v1/plans/{id}', { params: { path: { id } } }).data
  const { monthly_fee } = (plan?.in_force?.document ?? {}) as { monthly_fee?: string }
  return (
    <Figure
      title={t('Plan')}
      more={
        monthly_fee && (
          <>
            <Money amount={monthly_fee} currency={currency} /> {t('a month')}
          </>
        )
      }
    >
      <Anchor component={Link} to={`/plans/${id}`}>
        {plan?.name ?? '…'}
      </Anchor>
    </Figure>
  )
}

/** Whether who pays for it owes something. */
function Paid({ customer: { id, mode } }: { customer: Schema<'CustomerDocument'> }) {
  const { t } = useTranslation()
  const balance = $api.useQuery('get', '/api/v1/customers/{id}/balance', { params: { path: { id } } }).data
  if (!balance) return <Figure title={t('Payment')}>…</Figure>
  const { unpaid, currency } = balance
  const tab = mode === 'prepaid' ? 'payments' : 'invoices'
  const link = (
    <Anchor component={Link} to={`/customers/${id}`} search={{ tab } as never}>
      {mode === 'prepaid' ? t('Payments') : t('Invoices')}
    </Anchor>
  )
  if (mode === 'prepaid')
    return (
      <Figure title={t('Balance')} more={link}>
        <Money amount={balance.balance} currency={currency} />
      </Figure>
    )
  return (
    <Figure title={t('Payment')} more={link}>
      {isZero(unpaid) ? (
        t('all paid')
      ) : (
        <>
          <Money amount={unpaid} currency={currency} /> {t('unpaid')}
        </>
      )}
    </Figure>
  )
}

function ThisMonth({ line: id }: { line: string }) {
  const { t } = useTranslation()
  const usage = $api.useQuery('get', '/api/v1/lines/{id}/usage', { params: { path: { id } } }).data
  if (!usage || 'items' in usage) return <Figure title={t('This month')}>…</Figure>
  const { amount, currency, calls, seconds } = usage
  return (
    <Figure
      title={t('This month')}
      more={t('{{count}} calls, {{duration}}', {
        count: calls,
        duration: durationText(seconds),
        defaultValue_one: '{{count}} call, {{duration}}',
        defaultValue_other: '{{count}} calls, {{duration}}',
      })}
    >
      <Money amount={amount} currency={currency} />
    </Figure>
  )
}
